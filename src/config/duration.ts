const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Envoy holds durations in 32-bit milliseconds in places; about 24 days is beyond any sensible timeout. */
const MAX_DURATION_MS = 2_147_483_647;

/**
 * Reads a duration such as `30s`, `0.5s`, `1500ms`, `2m` or `1h` (Envoy itself knows only `s`).
 * Returns whole milliseconds, or undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const unit = match?.[2];
  if (match === null || unit === undefined) return undefined;
  const milliseconds = Math.round(Number(match[1]) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  return milliseconds <= MAX_DURATION_MS ? milliseconds : undefined;
}
