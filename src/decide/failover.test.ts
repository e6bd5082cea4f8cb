import { describe, expect, it } from '@jest/globals';
import type { FailoverPlan } from '../config/plan';
import { attemptCount, attemptTimeoutMs, failoverPolicy, looksInside } from './failover';

const policy = (...plans: (FailoverPlan | undefined)[]): ReturnType<typeof failoverPolicy> => failoverPolicy(plans);

describe('failoverPolicy', () => {
  it('has usual causes where nothing is written', () => {
    expect([...policy(undefined).on]).toEqual(['connect', 'reset', 'timeout', '408', '409', '429', '5xx']);
    expect(looksInside(policy())).toBe(false);
  });

  it('takes each setting from the innermost place that has it', () => {
    const inner: FailoverPlan = { on: ['429'], firstTokenTimeoutMs: 500 };
    const outer: FailoverPlan = { on: ['5xx'], maxAttempts: 2, firstTokenTimeoutMs: 900, perTryTimeoutMs: 70 };
    expect(policy(inner, undefined, outer)).toEqual({
      on: new Set(['429']),
      firstTokenTimeoutMs: 500,
      maxAttempts: 2,
      perTryTimeoutMs: 70,
    });
  });

  it.each<[FailoverPlan, boolean]>([
    [{ on: ['stream_error'] }, true],
    [{ firstTokenTimeoutMs: 1 }, true],
    [{ on: ['first_token_timeout'] }, false],
    [{ on: ['5xx', 'timeout'], perTryTimeoutMs: 5 }, false],
  ])('%j looks inside: %s', (plan, expected) => expect(looksInside(policy(plan))).toBe(expected));
});

describe('attemptCount', () => {
  it.each([
    [{}, 3, 0, 3],
    [{}, 3, 1, 2],
    [{}, 3, 9, 3],
    [{ maxAttempts: 2 }, 3, 0, 2],
    [{ maxAttempts: 5 }, 3, 0, 3],
    [{ maxAttempts: 3 }, 3, 1, 2],
    [{}, 1, 0, 1],
    [{}, 1, 2, 3],
    [{ maxAttempts: 2 }, 1, 4, 2],
    [{ on: [] }, 3, 2, 1],
  ] as const)('%j with %d candidates and max_retries %d: %d', (plan, candidates, maxRetries, expected) =>
    expect(attemptCount(policy(plan), candidates, maxRetries)).toBe(expected),
  );
});

describe('attemptTimeoutMs', () => {
  const time = { attempts: 3, candidates: 3, totalMs: 300, stream: true };
  it.each([
    ['shares the time', {}, time, 100],
    ['leaves one candidate all the time', {}, { ...time, candidates: 1 }, undefined],
    ['per_try_timeout wins', { perTryTimeoutMs: 250 }, time, 250],
    ['also for one candidate', { perTryTimeoutMs: 250 }, { ...time, candidates: 1 }, 250],
    ['the first token of a stream', { firstTokenTimeoutMs: 40 }, time, 40],
    ['not of a complete answer', { firstTokenTimeoutMs: 40 }, { ...time, stream: false }, 100],
    ['the shorter of both', { firstTokenTimeoutMs: 400, perTryTimeoutMs: 90 }, time, 90],
    ['no timeout when it leads nowhere', { on: ['429'], perTryTimeoutMs: 90 }, time, undefined],
  ] as const)('%s', (_, plan, given, expected) => expect(attemptTimeoutMs(policy(plan), given)).toBe(expected));
});
