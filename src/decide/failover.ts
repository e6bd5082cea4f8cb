/**
 * What leads to the next candidate, and how long an attempt may take. Pure: policies of the Plan go in, one policy for a
 * request comes out; `pipeline` tells Envoy.
 */
import type { FailoverCause, FailoverPlan } from '../config/plan';

export interface FailoverPolicy {
  readonly on: ReadonlySet<FailoverCause>;
  /** Longest time for one attempt; undefined: an equal share of the listener's time. */
  readonly perTryTimeoutMs: number | undefined;
  readonly firstTokenTimeoutMs: number | undefined;
  /** Most attempts whatever the number of candidates; undefined: each candidate once. */
  readonly maxAttempts: number | undefined;
}

/** Everything that another candidate may do better and that costs nothing to notice. */
const USUAL_CAUSES: readonly FailoverCause[] = ['connect', 'reset', 'timeout', '408', '409', '429', '5xx'];

/** @param plans innermost first; each setting is taken from the first plan that has it */
export function failoverPolicy(plans: readonly (FailoverPlan | undefined)[]): FailoverPolicy {
  const first = <Key extends keyof FailoverPlan>(key: Key): FailoverPlan[Key] | undefined =>
    plans.find((plan) => plan?.[key] !== undefined)?.[key];
  return {
    on: new Set(first('on') ?? USUAL_CAUSES),
    perTryTimeoutMs: first('perTryTimeoutMs'),
    firstTokenTimeoutMs: first('firstTokenTimeoutMs'),
    maxAttempts: first('maxAttempts'),
  };
}

/** Whether answers must be looked into before the caller gets their headers. Costs a stream to the sidecar per attempt. */
export function looksInside(policy: Pick<FailoverPolicy, 'on' | 'firstTokenTimeoutMs'>): boolean {
  return policy.on.has('stream_error') || policy.firstTokenTimeoutMs !== undefined;
}

/**
 * Several candidates: one attempt each, capped by max_attempts and by the listener's max_retries. One candidate:
 * max_retries repeats it. Nothing leads on: one attempt.
 */
export function attemptCount(policy: FailoverPolicy, candidates: number, maxRetries: number): number {
  if (policy.on.size === 0 && policy.firstTokenTimeoutMs === undefined) return 1;
  const cap = policy.maxAttempts ?? Number.POSITIVE_INFINITY;
  if (candidates === 1) return Math.min(1 + maxRetries, cap);
  return Math.min(candidates, cap, maxRetries > 0 ? 1 + maxRetries : candidates);
}

export interface AttemptTime {
  readonly attempts: number;
  readonly candidates: number;
  /** Time for the whole request. */
  readonly totalMs: number;
  readonly stream: boolean;
}

/** Longest time until an attempt has to answer; undefined: as long as the request may take. */
export function attemptTimeoutMs(policy: FailoverPolicy, time: AttemptTime): number | undefined {
  const limits: number[] = [];
  if (policy.on.has('timeout')) {
    // A candidate that hangs must leave time for the next one.
    const share = time.candidates > 1 ? Math.max(1, Math.floor(time.totalMs / time.attempts)) : undefined;
    const limit = policy.perTryTimeoutMs ?? share;
    if (limit !== undefined) limits.push(limit);
  }
  if (time.stream && policy.firstTokenTimeoutMs !== undefined) limits.push(policy.firstTokenTimeoutMs);
  return limits.length === 0 ? undefined : Math.min(...limits);
}
