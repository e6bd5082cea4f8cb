import { afterEach, describe, expect, it } from '@jest/globals';
import { countPromptTokens } from './prompt-tokens';
import { createTokenCounter } from './token-counter-worker';

const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'Hello there' }] }));

let counter = createTokenCounter({ log });
afterEach(() => counter.close());

describe('the token counter', () => {
  it('counts on its thread what would be counted here, and leaves the body alone', async () => {
    counter = createTokenCounter({ log });
    const before = Buffer.from(body);
    const counts = await Promise.all([counter.countPrompt(body), counter.countPrompt(body)]);
    expect(counts).toEqual([countPromptTokens(body.toString('utf8')), countPromptTokens(body.toString('utf8'))]);
    expect(body.equals(before)).toBe(true);
  }, 30_000);

  it('counts nothing when too much waits, or after it was closed', async () => {
    counter = createTokenCounter({ log, maxPendingBytes: body.length });
    const first = counter.countPrompt(body);
    expect(await counter.countPrompt(body)).toBeUndefined();
    expect(await first).toBeGreaterThan(0);
    await counter.close();
    expect(await counter.countPrompt(body)).toBeUndefined();
  }, 30_000);
});
