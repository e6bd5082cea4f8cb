import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Log } from '../log';
import type { AccessToken } from './cloud-token-sources';
import { createCloudTokens } from './cloud-tokens-renewed';

const HOUR = 3_600_000;

function setUp(answers: readonly (AccessToken | Error)[]) {
  const logged: string[] = [];
  const log = { warn: (fields: object) => logged.push(JSON.stringify(fields)) } as unknown as Log;
  let asked = 0;
  const source = () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer instanceof Error || answer === undefined ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const open = () => Promise.resolve(source);
  const tokens = createCloudTokens({ identities: new Set(['google']), log, sources: { google: open, azure: open } });
  return { tokens, logged, asked: () => asked };
}

describe('tokens of clouds', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  it('are there once ready, for the identities that are needed', async () => {
    const { tokens } = setUp([{ token: 'first', expiresAtMs: HOUR }]);
    await tokens.ready();
    expect(tokens.current('google')).toBe('first');
    expect(tokens.current('azure')).toBeUndefined();
    tokens.close();
  });

  it('are renewed in the background before they expire', async () => {
    const { tokens, asked } = setUp([
      { token: 'first', expiresAtMs: HOUR },
      { token: 'second', expiresAtMs: 2 * HOUR },
    ]);
    await tokens.ready();
    await jest.advanceTimersByTimeAsync(HOUR - 300_000);
    expect(asked()).toBe(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(asked()).toBe(2);
    expect(tokens.current('google')).toBe('second');
    tokens.close();
  });

  it('serve until they expire while renewing fails, and come back', async () => {
    const failure = new Error('no metadata server');
    const { tokens, logged } = setUp([
      { token: 'first', expiresAtMs: HOUR },
      ...Array.from({ length: 30 }, () => failure),
      { token: 'second', expiresAtMs: 3 * HOUR },
    ]);
    await tokens.ready();
    await jest.advanceTimersByTimeAsync(HOUR - 60_000);
    expect(tokens.current('google')).toBe('first');
    await jest.advanceTimersByTimeAsync(61_000);
    expect(tokens.current('google')).toBeUndefined();
    expect(logged[0]).toBe('{"identity":"google","reason":"no metadata server"}');
    await jest.advanceTimersByTimeAsync(600_000);
    expect(tokens.current('google')).toBe('second');
    tokens.close();
  });

  it('do not keep a start waiting for a cloud that does not answer', async () => {
    const log = { warn: () => undefined } as unknown as Log;
    const silent = () => new Promise<never>(() => undefined);
    const tokens = createCloudTokens({
      identities: new Set(['azure']),
      log,
      sources: { google: silent, azure: silent },
    });
    const ready = tokens.ready();
    await jest.advanceTimersByTimeAsync(10_000);
    await ready;
    expect(tokens.current('azure')).toBeUndefined();
    tokens.close();
  });

  it('stop asking when closed', async () => {
    const { tokens, asked } = setUp([new Error('no')]);
    await tokens.ready();
    tokens.close();
    await jest.advanceTimersByTimeAsync(HOUR);
    expect(asked()).toBe(1);
  });
});
