import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeScript } from '../fakes/upstream-script';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import type { Instance } from './instance';
import { startThreeVendors, type ThreeVendors } from './three-vendors';

const CONFIG = `
version: v0.4.0
model_providers:
  - model: openai/first
    access_key: $OPENAI_API_KEY
  - model: anthropic/second
    access_key: $ANTHROPIC_API_KEY
  - model: groq/third
    access_key: $GROQ_API_KEY
model_aliases:
  connect: {targets: &list [openai/first, anthropic/second], failover: {on: [connect]}}
  reset: {targets: *list, failover: {on: [reset]}}
  timeout: {targets: *list, failover: {on: [timeout], per_try_timeout: 300ms}}
  "408": {targets: *list, failover: {on: [408]}}
  "409": {targets: *list, failover: {on: [409]}}
  "429": {targets: *list, failover: {on: [429]}}
  5xx: {targets: *list, failover: {on: [5xx]}}
  never: {targets: *list, failover: {on: []}}
  inherits: {targets: *list}
  two-of-three: {targets: [openai/first, anthropic/second, groq/third], failover: {on: [5xx], max_attempts: 2}}
  peeked: {targets: *list, failover: {on: [5xx, stream_error]}}
  peeked-openai: {targets: [openai/first, groq/third], failover: {on: [stream_error]}}
  impatient: {targets: *list, failover: {first_token_timeout: 400ms}}
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
    timeout: 20s
    failover: {on: [409], per_try_timeout: 8s}
`;

let vendors: ThreeVendors;
let openai: FakeUpstream;
let anthropic: FakeUpstream;
let groq: FakeUpstream;
let instance: Instance;

beforeAll(async () => {
  vendors = await startThreeVendors(CONFIG);
  ({ openai, anthropic, groq, instance } = vendors);
}, 60_000);
afterAll(() => vendors.stop());

type Client = '/v1/chat/completions' | '/v1/messages';

function ask(model: string, stream = false, path: Client = '/v1/chat/completions'): Promise<Response> {
  return fetch(`http://127.0.0.1:${instance.port('models')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
    body: JSON.stringify({ model, stream, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }),
  });
}

/** Who answered, in which status. */
async function outcome(model: string, script: FakeScript): Promise<string> {
  openai.next(script);
  const answer = await ask(model);
  await answer.arrayBuffer();
  return `${answer.headers.get('x-outerloop-model')?.split('/')[0] ?? 'nobody'} ${answer.status}`;
}

describe('each cause leads on where it is asked for, and nowhere else', () => {
  it.each<[string, FakeScript, readonly string[]]>([
    ['408', { status: 408 }, ['408']],
    ['409', { status: 409 }, ['409', 'inherits']],
    ['429', { status: 429 }, ['429']],
    ['500', { status: 500 }, ['5xx', 'peeked']],
    ['503', { status: 503 }, ['5xx', 'peeked']],
    ['529', { status: 529 }, ['5xx', 'peeked']],
    ['400', { status: 400 }, []],
  ])('status %s', async (status, script, leadingOn) => {
    for (const alias of ['connect', 'reset', '408', '409', '429', '5xx', 'never', 'inherits', 'peeked']) {
      const expected = leadingOn.includes(alias) ? 'anthropic 200' : `openai ${status}`;
      expect(`${alias}: ${await outcome(alias, script)}`).toBe(`${alias}: ${expected}`);
    }
  });

  it.each<[string, FakeScript]>([
    ['a reset', { mode: 'reset' }],
    ['a closed connection', { mode: 'refuse' }],
  ])('%s', async (_, script) => {
    expect(await outcome('reset', script)).toBe('anthropic 200');
    expect(await outcome('timeout', script)).toBe('anthropic 200');
    for (const alias of ['connect', '429', 'never', 'inherits']) {
      expect(await outcome(alias, script)).toMatch(/^nobody 50[23]$/);
    }
  });

  it('silence, after the time of the alias', async () => {
    const started = performance.now();
    expect(await outcome('timeout', { mode: 'hang' })).toBe('anthropic 200');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('stops after max_attempts', async () => {
    const before = groq.requests.length;
    openai.next({ status: 503 });
    anthropic.next({ status: 529 });
    expect((await ask('two-of-three')).status).toBe(529);
    expect(groq.requests.length).toBe(before);
  });
});

const CHAT_ERROR = 'data: {"error":{"message":"The server had an error","type":"server_error"}}\n\n';
const CHAT_ROLE =
  'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n';
const SSE = { 'content-type': 'text/event-stream' };

describe('failures after the headers, where the alias asks', () => {
  const failures: [string, FakeScript][] = [
    ['an error as first event', { headers: SSE, body: CHAT_ERROR }],
    ['an error after an announcement', { headers: SSE, body: CHAT_ROLE + CHAT_ERROR }],
    ['an announcement and no more', { headers: SSE, body: CHAT_ROLE }],
    ['a damaged event', { headers: SSE, body: 'data: {"choices":[{"del\n\n' }],
    ['an empty stream', { headers: SSE, body: '' }],
    ['an error in pieces', { headers: SSE, body: CHAT_ROLE + CHAT_ERROR, chunkBytes: 3 }],
  ];

  it.each(failures)('%s: the next one answers, translated', async (_, script) => {
    openai.next(script);
    const answer = await ask('peeked', true);
    expect(answer.headers.get('x-outerloop-model')).toBe('anthropic/second');
    const text = await answer.text();
    expect(text).toContain('anthropic (second)');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(anthropic.requests.at(-1)?.headers.authorization).toBeUndefined();
    expect(anthropic.requests.at(-1)?.headers['x-api-key']).toBe('anthropic-secret');
  });

  it.each(failures)('%s: the next one answers in the same API', async (_, script) => {
    openai.next(script);
    const text = await (await ask('peeked-openai', true)).text();
    expect(text).toContain('groq (third)');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('an error in a caller’s other API, from a translated first candidate', async () => {
    openai.next({ headers: SSE, body: CHAT_ERROR });
    const answer = await ask('peeked', true, '/v1/messages');
    expect(answer.headers.get('x-outerloop-model')).toBe('anthropic/second');
    expect(await answer.text()).toContain('event: message_stop');
  });

  it('an error with status 200 instead of a JSON answer', async () => {
    expect(await outcome('peeked', { body: '{"error":{"message":"no"}}' })).toBe('anthropic 200');
    expect(await outcome('peeked', { body: '{"choices":[{"mess' })).toBe('anthropic 200');
  });

  it('the last candidate’s error is shown as it is', async () => {
    openai.next({ headers: SSE, body: CHAT_ERROR });
    groq.next({ headers: SSE, body: CHAT_ERROR });
    const answer = await ask('peeked-openai', true);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(CHAT_ERROR);
  });

  it('elsewhere the same error passes', async () => {
    openai.next({ headers: SSE, body: CHAT_ERROR });
    expect(await (await ask('5xx', true)).text()).toBe(CHAT_ERROR);
  });

  it('silence after the headers, before the first token', async () => {
    openai.next({ mode: 'hang-after-headers' });
    const started = performance.now();
    const answer = await ask('impatient', true);
    expect(answer.headers.get('x-outerloop-model')).toBe('anthropic/second');
    expect(await answer.text()).toContain('[DONE]');
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it.each(['peeked', 'peeked-openai'])('%s: good streams of any length come through whole', async (alias) => {
    for (const script of [{ events: 400, bodyBytes: 2_000_000 }, { events: 20, eventDelayMs: 5 }, { chunkBytes: 7 }]) {
      const direct = await startFakeUpstream({ name: 'openai' });
      direct.next(script);
      openai.next(script);
      const expected = await fetch(`${direct.url}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'first', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
      });
      const content = (text: string): string => text.replace(/"(id|created)":("[^"]*"|\d+)/g, '');
      expect(content(await (await ask(alias, true)).text())).toBe(content(await expected.text()));
      await direct.close();
    }
  });
});

describe('what failed answers ask for', () => {
  it('rests a candidate for its Retry-After, then asks it first again', async () => {
    expect(await outcome('429', { status: 429, retryAfter: 1 })).toBe('anthropic 200');
    const before = openai.requests.length;
    expect((await ask('429')).headers.get('x-outerloop-model')).toBe('anthropic/second');
    expect(openai.requests.length).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await ask('429')).headers.get('x-outerloop-model')).toBe('openai/first');
  });

  it('asks a resting candidate all the same when the others fail', async () => {
    expect(await outcome('429', { status: 429, retryAfter: 1 })).toBe('anthropic 200');
    anthropic.next({ status: 429 });
    const answer = await ask('429');
    expect(`${answer.headers.get('x-outerloop-model')} ${answer.status}`).toBe('openai/first 200');
    await new Promise((resolve) => setTimeout(resolve, 1100));
  });

  it('reads the limits of a last answer too', async () => {
    openai.next({
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '900ms' },
    });
    expect((await ask('429')).headers.get('x-outerloop-model')).toBe('openai/first');
    expect((await ask('429')).headers.get('x-outerloop-model')).toBe('anthropic/second');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await ask('429')).headers.get('x-outerloop-model')).toBe('openai/first');
  });
});

it('no vendor ever saw the key of another', () => {
  const seen = (upstream: FakeUpstream): string =>
    JSON.stringify(upstream.requests.map((request) => [request.headers, request.path]));
  expect(seen(openai)).not.toMatch(/anthropic-secret|groq-secret/);
  expect(seen(anthropic)).not.toMatch(/openai-secret|groq-secret/);
  expect(seen(groq)).not.toMatch(/openai-secret|anthropic-secret/);
});
