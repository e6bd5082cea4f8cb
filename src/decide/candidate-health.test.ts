import { describe, expect, it } from '@jest/globals';
import { createCandidateHealth } from './candidate-health';
import { restAskedMs } from './rate-limits';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const note = (
  status: number,
  headers: Record<string, string> = {},
): { status: number; headers: Map<string, string> } => ({
  status,
  headers: new Map(Object.entries(headers)),
});

describe('restAskedMs', () => {
  it.each<[string, number, Record<string, string>, number]>([
    ['seconds', 429, { 'retry-after': '7' }, 7000],
    ['milliseconds win', 429, { 'retry-after': '7', 'retry-after-ms': '250' }, 250],
    [
      'a date by the answer’s own clock',
      503,
      { 'retry-after': 'Thu, 01 Jan 2026 01:00:09 GMT', date: 'Thu, 01 Jan 2026 01:00:00 GMT' },
      9000,
    ],
    ['a date by our clock', 503, { 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }, 3000],
    ['a date that is over', 503, { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    ['never longer than ten minutes', 429, { 'retry-after': '86400' }, 600_000],
    ['nonsense', 429, { 'retry-after': 'soon' }, 0],
    ['not for a bad request', 400, { 'retry-after': '7' }, 0],
    ['not for an answer', 200, { 'retry-after': '7' }, 0],
    ['no header', 429, {}, 0],
    ['requests used up', 200, { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    ['tokens used up', 200, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '12ms' }, 12],
    ['plain seconds', 429, { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '2.5' }, 2500],
    ['some left', 200, { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1m' }, 0],
    [
      'Anthropic’s dates',
      200,
      {
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-01-01T00:00:20Z',
      },
      20_000,
    ],
    ['no reset', 200, { 'x-ratelimit-remaining-requests': '0' }, 0],
  ])('%s', (_, status, headers, expected) => expect(restAskedMs(note(status, headers), NOW)).toBe(expected));
});

describe('candidate health', () => {
  it('lets a candidate rest as long as it asks', () => {
    const health = createCandidateHealth();
    expect(health.answered('a', note(429, { 'retry-after': '2' }), NOW)).toBe(2000);
    expect(health.isResting('a', NOW + 1999)).toBe(true);
    expect(health.isResting('b', NOW)).toBe(false);
    expect(health.isResting('a', NOW + 2000)).toBe(false);
  });

  it('a later answer does not end a rest that was asked for', () => {
    const health = createCandidateHealth();
    health.answered('a', note(429, { 'retry-after': '2' }), NOW);
    health.answered('a', note(200), NOW + 10);
    expect(health.isResting('a', NOW + 1000)).toBe(true);
  });

  /** Fails every half second; when the first rest begins, in milliseconds. */
  function failUntilRest(health: ReturnType<typeof createCandidateHealth>, from: number): number {
    for (let at = from; at < from + 120_000; at += 500) {
      if (health.failed('a', at) > 0) return at - from;
    }
    return -1;
  }

  it('sends to rest what fails for ten seconds, longer each time, and forgives with an answer', () => {
    const health = createCandidateHealth();
    expect(failUntilRest(health, NOW)).toBe(10_000);
    expect(health.isResting('a', NOW + 19_999)).toBe(true);
    expect(health.isResting('a', NOW + 20_000)).toBe(false);
    expect(health.failed('a', NOW + 20_000)).toBe(20_000);
    expect(health.failed('a', NOW + 40_000)).toBe(40_000);
    expect(health.failed('a', NOW + 80_000)).toBe(60_000);
    health.answered('a', note(200), NOW + 140_000);
    expect(failUntilRest(health, NOW + 140_000)).toBe(10_000);
    expect(health.isResting('a', NOW + 160_000)).toBe(false);
  });

  it('ignores bursts, and refusals of bad requests', () => {
    const health = createCandidateHealth();
    for (let index = 0; index < 500; index += 1) expect(health.failed('a', NOW + index)).toBe(0);
    for (let index = 0; index < 500; index += 1) {
      expect(health.answered('b', note(400), NOW + index * 1000)).toBe(0);
    }
  });

  it('counts server errors, and an answer in between starts anew', () => {
    const health = createCandidateHealth();
    for (let index = 0; index < 200; index += 1) {
      const status = index % 15 === 14 ? 200 : 503;
      expect(health.answered('a', note(status), NOW + index * 1000)).toBe(0);
    }
  });

  it('forgets the oldest of very many candidates', () => {
    const health = createCandidateHealth();
    for (let index = 0; index <= 1000; index += 1) {
      health.answered(`model-${index}`, note(429, { 'retry-after': '60' }), NOW);
    }
    expect(health.isResting('model-0', NOW)).toBe(false);
    expect(health.isResting('model-1000', NOW)).toBe(true);
  });
});
