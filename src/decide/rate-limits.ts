/** What the status and headers of an answer say about when to come back. Pure. */

export interface AnswerNote {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** An upstream that asks for more is asked again all the same: its clock or its header may be wrong. */
const LONGEST_REST_MS = 600_000;

/** Statuses whose Retry-After means the candidate and not the request. */
const BUSY_STATUSES: ReadonlySet<number> = new Set([408, 409, 429]);

interface Limit {
  readonly remaining: string;
  readonly reset: string;
}

const LIMITS: readonly Limit[] = [
  ...['requests', 'tokens'].map((what) => ({
    remaining: `x-ratelimit-remaining-${what}`,
    reset: `x-ratelimit-reset-${what}`,
  })),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map((what) => ({
    remaining: `anthropic-ratelimit-${what}-remaining`,
    reset: `anthropic-ratelimit-${what}-reset`,
  })),
];

/**
 * How long the upstream wants to be left alone, in milliseconds; 0: it does not say so. Retry-After (RFC 9110, section
 * 10.2.3: seconds or a date) and retry-after-ms count with errors, limits that are used up with any answer.
 *
 * @param nowMs Unix time in milliseconds, for dates of answers that do not tell their own
 */
export function restAskedMs({ status, headers }: AnswerNote, nowMs: number): number {
  const theirNow = Date.parse(headers.get('date') ?? '');
  const now = Number.isNaN(theirNow) ? nowMs : theirNow;
  const busy = status >= 500 || BUSY_STATUSES.has(status);
  const asked = busy ? retryAfterMs(headers, now) : undefined;
  const restMs = asked ?? Math.max(0, ...LIMITS.map((limit) => usedUpMs(headers, limit, now)));
  return Math.min(Math.max(0, restMs), LONGEST_REST_MS);
}

function retryAfterMs(headers: AnswerNote['headers'], now: number): number | undefined {
  const exact = readNumber(headers.get('retry-after-ms'));
  if (exact !== undefined) return exact;
  const text = headers.get('retry-after');
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? undefined : date - now;
}

function usedUpMs(headers: AnswerNote['headers'], limit: Limit, now: number): number {
  if (readNumber(headers.get(limit.remaining)) !== 0) return 0;
  const reset = headers.get(limit.reset) ?? '';
  const spanMs = readSpanMs(reset);
  if (spanMs !== undefined) return spanMs;
  const date = Date.parse(reset);
  return Number.isNaN(date) ? 0 : date - now;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** OpenAI writes `6m0s`, `20ms`, `1s`; others plain seconds. */
function readSpanMs(text: string): number | undefined {
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
