import { describe, expect, it } from '@jest/globals';
import { failoverPolicy } from '../decide/failover';
import { retryHeaders } from './retry-headers';

const TIME = { attempts: 2, candidates: 2, totalMs: 1000, stream: true };

describe('retryHeaders', () => {
  it('spells the usual policy', () => {
    expect(retryHeaders(failoverPolicy([]), TIME)).toEqual({
      'x-envoy-max-retries': '1',
      'x-envoy-retry-on': 'reset,connect-failure,refused-stream,5xx,envoy-ratelimited,retriable-status-codes',
      'x-envoy-retriable-status-codes': '408,409,429',
      'x-envoy-upstream-rq-per-try-timeout-ms': '500',
    });
  });

  it('asks for nothing where there is one attempt', () => {
    expect(retryHeaders(failoverPolicy([]), { ...TIME, attempts: 1, candidates: 1 })).toEqual({
      'x-envoy-max-retries': '0',
    });
  });

  it('names every server error where resets lead nowhere', () => {
    const headers = retryHeaders(failoverPolicy([{ on: ['5xx'] }]), TIME);
    expect(headers['x-envoy-retry-on']).toBe('retriable-status-codes');
    expect(headers['x-envoy-retriable-status-codes']?.split(',')).toHaveLength(100);
    expect(headers).not.toHaveProperty('x-envoy-upstream-rq-per-try-timeout-ms');
  });

  it.each([
    ['connect', 'connect-failure,refused-stream', undefined],
    ['timeout', 'reset,connect-failure,refused-stream', undefined],
    ['429', 'envoy-ratelimited,retriable-status-codes', '429'],
    ['stream_error', 'retriable-status-codes', '599'],
  ] as const)('%s alone', (cause, conditions, statuses) => {
    const headers = retryHeaders(failoverPolicy([{ on: [cause] }]), TIME);
    expect(headers['x-envoy-retry-on']).toBe(conditions);
    expect(headers['x-envoy-retriable-status-codes']).toBe(statuses);
  });
});
