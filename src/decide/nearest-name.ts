import { closest, distance } from 'fastest-levenshtein';

/** Longer names are no typing mistakes, and comparing them with every known name costs too much. */
const MAX_COMPARED_LENGTH = 128;

/** The known name that a mistyped one most likely means; undefined when none is close (a third of its letters). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0 || name.length > MAX_COMPARED_LENGTH) return undefined;
  const wanted = name.toLowerCase();
  const nearest = closest(
    wanted,
    known.map((candidate) => candidate.toLowerCase()),
  );
  if (distance(wanted, nearest) > Math.max(1, Math.floor(wanted.length / 3))) return undefined;
  return known.find((candidate) => candidate.toLowerCase() === nearest);
}
