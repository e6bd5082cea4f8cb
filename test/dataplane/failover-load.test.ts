/**
 * Many requests at once while the first candidate fails half of the time: no caller may notice. 2,000 requests here;
 * `FAILOVER_LOAD_REQUESTS=10000` asks for more.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FakeScript } from '../fakes/upstream-script';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

const REQUESTS = Number(process.env['FAILOVER_LOAD_REQUESTS'] ?? 2000);
const CONCURRENCY = 32;

const CONFIG = `
version: v0.4.0
model_providers:
  - {model: openai/first, access_key: $OPENAI_API_KEY}
  - {model: anthropic/second, access_key: $ANTHROPIC_API_KEY}
model_aliases:
  plain: {targets: &list [openai/first, anthropic/second]}
  peeked: {targets: *list, failover: {on: [connect, reset, timeout, 429, 5xx, stream_error]}}
listeners:
  - {type: model, name: models, address: 127.0.0.1, port: {{port:models}}, timeout: 30s}
`;

const STREAM_ERROR: FakeScript = {
  headers: { 'content-type': 'text/event-stream' },
  body: 'data: {"error":{"message":"The server had an error"}}\n\n',
};
const PLAIN_FAILURES: readonly FakeScript[] = [{ status: 503 }, { mode: 'reset' }, { status: 429 }, { mode: 'refuse' }];
const STREAM_FAILURES: readonly FakeScript[] = [{ status: 529 }, STREAM_ERROR, { mode: 'reset' }];

let openai: FakeUpstream;
let anthropic: FakeUpstream;
let instance: Instance;

beforeAll(async () => {
  [openai, anthropic] = await Promise.all([
    startFakeUpstream({ name: 'openai' }),
    startFakeUpstream({ name: 'anthropic' }),
  ]);
  instance = await startInstance({
    config: CONFIG,
    env: {
      LOG_LEVEL: 'info',
      OPENAI_API_KEY: 'openai-secret',
      ANTHROPIC_API_KEY: 'anthropic-secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
    },
  });
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await Promise.all([openai.close(), anthropic.close()]);
});

/** What a caller would complain about; undefined: nothing. */
async function complaint(model: string, stream: boolean): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${instance.port('models')}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, stream, max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }),
    });
    const text = (await answer.text()).trimEnd();
    const complete = stream ? text.endsWith('data: [DONE]') : text.endsWith('}');
    const good = answer.status === 200 && complete && /(openai \(first\)|anthropic \(second\))/.test(text);
    return good ? undefined : `${answer.status}: ${text.slice(0, 200)}`;
  } catch (reason) {
    return String((reason as Error).cause ?? reason);
  }
}

it.each([
  ['complete answers', 'plain', false, PLAIN_FAILURES],
  ['streams whose beginning is watched', 'peeked', true, STREAM_FAILURES],
] as const)(
  'nobody notices: %s',
  async (_, alias, stream, failures) => {
    const count = Math.ceil(REQUESTS / 2);
    const before = [openai.requests.length, anthropic.requests.length] as const;
    for (let index = 0; index < count; index += 1) {
      openai.next(index % 2 === 0 ? {} : (failures[((index - 1) / 2) % failures.length] ?? {}));
    }
    const complaints: string[] = [];
    let left = count;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const text = await complaint(alias, stream);
        if (text !== undefined) complaints.push(text);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, caller));
    expect(complaints).toEqual([]);
    // Half of the first answers failed, and only those requests went on.
    expect(openai.requests.length - before[0]).toBe(count);
    expect(anthropic.requests.length - before[1]).toBe(Math.floor(count / 2));
  },
  300_000,
);
