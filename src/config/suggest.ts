import { distance } from 'fastest-levenshtein';

/** Beyond this share of changed characters a suggestion confuses more than it helps. */
const MAX_CHANGED_SHARE = 0.4;

/** The candidate that a typo most probably meant, or undefined when none is near. Case differences count as one change. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === written) continue;
    const sameLetters = candidate.toLowerCase() === written.toLowerCase();
    const cost = sameLetters ? 1 : distance(candidate.toLowerCase(), written.toLowerCase());
    const limit = Math.max(1, Math.floor(Math.max(candidate.length, written.length) * MAX_CHANGED_SHARE));
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
  return `Use one of ${enumerate(candidates)}.`;
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
