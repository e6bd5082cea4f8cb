import { distance } from 'fastest-levenshtein';

/** Beyond this share of changed characters a suggestion confuses more than it helps. */
const MAX_CHANGED_SHARE = 0.4;

/** Shortest text for which "is a part of" says anything. */
const MIN_PART_LENGTH = 4;
const MAX_PART_DIFFERENCE = 2;

/** Changed characters; swapped letters count as one, and so does a text that only lacks a little at its ends. */
function costOf(written: string, candidate: string): number {
  const sorted = (text: string): string => [...text].sort().join('');
  if (written === candidate || sorted(written) === sorted(candidate)) return 0.9;
  const [short, long] = written.length < candidate.length ? [written, candidate] : [candidate, written];
  const isPart = short.length >= MIN_PART_LENGTH && long.includes(short);
  return isPart && long.length - short.length <= MAX_PART_DIFFERENCE ? 0.9 : distance(candidate, written);
}

/** The candidate that a typo most probably meant, or undefined when none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === written) continue;
    const cost = costOf(written.toLowerCase(), candidate.toLowerCase());
    const limit = Math.floor(Math.max(candidate.length, written.length) * MAX_CHANGED_SHARE);
    if (cost <= limit && cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
  }
  return best;
}

/** `Did you mean …?` when something is near, else the whole choice. */
export function suggestion(written: string, candidates: readonly string[], whenNoneExists: string): string {
  if (candidates.length === 0) return whenNoneExists;
  const near = nearest(written, candidates);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return candidates.length === 1 ? `Use ${enumerate(candidates)}.` : `Use one of ${enumerate(candidates)}.`;
}

const MAX_LISTED = 12;

/** `a`, `b` or `c`; long lists are cut with a count. */
export function enumerate(names: readonly string[], conjunction: 'or' | 'and' = 'or'): string {
  const shown = names.slice(0, MAX_LISTED).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} ${conjunction} ${rest} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} ${conjunction} ${last}`;
}
