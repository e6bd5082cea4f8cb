import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';
import { readSamples, type Samples } from './metrics-samples';
import prompts from '../fixtures/prompt-tokens.json';

const CONFIG = `
version: v0.4.0
model_providers:
  - model: openai/gpt-4o
    access_key: $OPENAI_API_KEY
  - model: openai/*
    access_key: $OPENAI_API_KEY
  - model: anthropic/claude-test
    access_key: $ANTHROPIC_API_KEY
  - model: anthropic/*
    access_key: $ANTHROPIC_API_KEY
  - model: openai/first
    access_key: $OPENAI_API_KEY
  - model: anthropic/second
    access_key: $ANTHROPIC_API_KEY
model_aliases:
  chain:
    targets: [openai/first, anthropic/second]
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
    USAGE
`;

/** What the fakes say that an answer of nine pieces took; the same in every API. */
const PROMPT_TOKENS = 11;

let openai: FakeUpstream;
let anthropic: FakeUpstream;
let instance: Instance;
let exact: Instance;

beforeAll(async () => {
  openai = await startFakeUpstream({ name: 'openai' });
  anthropic = await startFakeUpstream({ name: 'anthropic' });
  const env = {
    OPENAI_API_KEY: 'openai-secret',
    ANTHROPIC_API_KEY: 'anthropic-secret',
    OUTERLOOP_BASE_URL_OPENAI: openai.url,
    OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
  };
  instance = await startInstance({
    config: CONFIG.replace('USAGE', ''),
    env,
    envoyArguments: ['--file-flush-interval-msec', '50'],
  });
  exact = await startInstance({ config: CONFIG.replace('USAGE', 'usage: exact'), env });
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await exact.stop();
  await openai.close();
  await anthropic.close();
});

const hi = { messages: [{ role: 'user', content: 'hi' }] };

async function post(path: string, body: object, gateway = instance): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${gateway.port('models')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.text();
}

/** Metrics once they show one more request than `before`; two seconds are promised. */
async function metricsAfter(before: Samples, answers = 1, gateway = instance): Promise<Samples> {
  const name = 'brightstaff_llm_upstream_requests_total';
  const deadline = Date.now() + 2000;
  for (;;) {
    const now = await readSamples(gateway.metricsAddress);
    if (now.sum(name) >= before.sum(name) + answers) return now;
    if (Date.now() > deadline) throw new Error('no metrics within two seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Tokens that a request added, by `provider/model kind`. */
async function tokensOf(request: () => Promise<unknown>, gateway = instance): Promise<Record<string, number>> {
  const before = await readSamples(gateway.metricsAddress);
  await request();
  const after = await metricsAfter(before, 1, gateway);
  return after.added(
    before,
    'brightstaff_llm_tokens_total',
    ({ provider, model, kind, estimated }) =>
      `${provider}/${model} ${kind}${estimated === undefined ? '' : ' estimated'}`,
  );
}

describe('exact counts', () => {
  it.each([
    ['chat', '/v1/chat/completions', { ...hi, model: 'gpt-4o' }, 'openai/gpt-4o'],
    [
      'chat, streamed with usage',
      '/v1/chat/completions',
      { ...hi, model: 'gpt-4o', stream: true, stream_options: { include_usage: true } },
      'openai/gpt-4o',
    ],
    ['Responses', '/v1/responses', { model: 'gpt-4o', input: 'hi' }, 'openai/gpt-4o'],
    ['Responses, streamed', '/v1/responses', { model: 'gpt-4o', input: 'hi', stream: true }, 'openai/gpt-4o'],
    ['Messages', '/v1/messages', { ...hi, model: 'claude-test', max_tokens: 9 }, 'anthropic/claude-test'],
    [
      'Messages, streamed',
      '/v1/messages',
      { ...hi, model: 'claude-test', max_tokens: 9, stream: true },
      'anthropic/claude-test',
    ],
    ['chat to Messages', '/v1/chat/completions', { ...hi, model: 'claude-test' }, 'anthropic/claude-test'],
    [
      'chat to Messages, streamed',
      '/v1/chat/completions',
      { ...hi, model: 'claude-test', stream: true },
      'anthropic/claude-test',
    ],
    ['Messages to chat', '/v1/messages', { ...hi, model: 'gpt-4o', max_tokens: 9 }, 'openai/gpt-4o'],
    [
      'Messages to chat, streamed',
      '/v1/messages',
      { ...hi, model: 'gpt-4o', max_tokens: 9, stream: true },
      'openai/gpt-4o',
    ],
  ])('%s', async (_, path, body, who) => {
    const tokens = await tokensOf(() => post(path, body));
    const completion = tokens[`${who} completion`];
    expect(tokens).toEqual({ [`${who} prompt`]: PROMPT_TOKENS, [`${who} completion`]: expect.any(Number) });
    expect(completion).toBeGreaterThan(10);
  });

  it('cached tokens of OpenAI', async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 64 } };
    openai.next({
      body: JSON.stringify({ choices: [], usage }),
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
    expect(await tokensOf(() => post('/v1/chat/completions', { ...hi, model: 'gpt-4o' }))).toEqual({
      'openai/gpt-4o prompt': 100,
      'openai/gpt-4o completion': 5,
      'openai/gpt-4o cache_read': 64,
    });
  });

  it('a stream of Anthropic: the prompt from its first event, the completion from its last', async () => {
    const usage = { input_tokens: 25, cache_read_input_tokens: 300, cache_creation_input_tokens: 40, output_tokens: 1 };
    const events = [
      { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 77 } },
      { type: 'message_stop' },
    ];
    const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    anthropic.next({ body, headers: { 'content-type': 'text/event-stream' } });
    const request = { ...hi, model: 'claude-test', max_tokens: 9, stream: true };
    expect(await tokensOf(() => post('/v1/messages', request))).toEqual({
      'anthropic/claude-test prompt': 25,
      'anthropic/claude-test completion': 77,
      'anthropic/claude-test cache_read': 300,
      'anthropic/claude-test cache_write': 40,
    });
  });

  it.each([2_000_000, 20_000_000])('an answer of %d bytes', async (bytes) => {
    const tokens = await tokensOf(() => post('/v1/chat/completions', { ...hi, model: `openai/gpt-4o-bytes${bytes}` }));
    expect(tokens[`openai/gpt-4o-bytes${bytes} prompt`]).toBe(PROMPT_TOKENS);
    expect(tokens[`openai/gpt-4o-bytes${bytes} completion`]).toBeGreaterThan(100_000);
  });

  it.each([
    ['compressed although nobody asked for it', 'application/json', gzipSync],
    ['with a type that says nothing', 'text/plain', (text: string) => Buffer.from(text)],
  ])('an answer %s, byte for byte', async (_, type, encode) => {
    const body = encode('{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}');
    const coding = encode === gzipSync ? { 'content-encoding': 'gzip' } : undefined;
    openai.next({ body, headers: { 'content-type': type, ...coding } });
    let received = '';
    const tokens = await tokensOf(
      async () => (received = await post('/v1/chat/completions', { ...hi, model: 'gpt-4o' })),
    );
    expect(JSON.parse(received)).toMatchObject({ usage: { prompt_tokens: 7 } });
    expect(tokens).toEqual({ 'openai/gpt-4o prompt': 7, 'openai/gpt-4o completion': 3 });
  });

  it('after a failover once, for the model that answered', async () => {
    openai.next({ status: 503 });
    const tokens = await tokensOf(() => post('/v1/chat/completions', { ...hi, model: 'chain' }));
    expect(Object.keys(tokens).sort()).toEqual(['anthropic/second completion', 'anthropic/second prompt']);
    expect(tokens['anthropic/second prompt']).toBe(PROMPT_TOKENS);
  });
});

/** Prompts of different kinds, counted by another tokenizer (bpe-openai, o200k_base) and OpenAI's rules for chats. */
const PROMPTS = prompts.map(({ name, content, tokens }) => [name, content, tokens] as const);

describe('streams that do not say what they took', () => {
  const silent = { ...hi, model: 'openai/gpt-4o-events50', stream: true };

  it.each(PROMPTS)('are estimated: %s', async (_, content, expected) => {
    const request = { ...silent, messages: [{ role: 'user', content }] };
    const tokens = await tokensOf(() => post('/v1/chat/completions', request));
    const prompt = tokens['openai/gpt-4o-events50 prompt estimated'] ?? 0;
    expect(Math.abs(prompt - expected) / expected).toBeLessThan(0.1);
    expect(tokens['openai/gpt-4o-events50 completion estimated']).toBeGreaterThan(20);
    expect(Object.keys(tokens)).toHaveLength(2);
  });

  it('the measured error of estimates is public', async () => {
    const request = { ...hi, model: 'gpt-4o', stream: true, stream_options: { include_usage: true } };
    const before = await readSamples(instance.metricsAddress);
    for (let call = 0; call < 20; call++) await post('/v1/chat/completions', request);
    const samples = await metricsAfter(before, 20);
    expect(samples.sum('outerloop_token_estimate_error_ratio_count')).toBeGreaterThan(0);
  });

  it('with usage: exact are counted, and the caller sees no difference', async () => {
    let asked = '';
    const tokens = await tokensOf(async () => (asked = await post('/v1/chat/completions', silent, exact)), exact);
    expect(openai.requests.at(-1)?.json).toMatchObject({ stream_options: { include_usage: true } });
    let plain = '';
    await tokensOf(async () => (plain = await post('/v1/chat/completions', silent)));
    expect(openai.requests.at(-1)?.json).not.toHaveProperty('stream_options');
    expect(asked).toBe(plain);
    expect(tokens).toEqual({
      'openai/gpt-4o-events50 prompt': PROMPT_TOKENS,
      'openai/gpt-4o-events50 completion': expect.any(Number),
    });
  });
});

describe('what else is said', () => {
  it('an answer without usage is counted as such', async () => {
    const before = await readSamples(instance.metricsAddress);
    openai.next({ body: '{"choices":[]}', headers: { 'content-type': 'application/json' } });
    await post('/v1/chat/completions', { ...hi, model: 'gpt-4o' });
    const after = await metricsAfter(before);
    const missing = after.added(before, 'brightstaff_llm_tokens_usage_missing_total', ({ model }) => model ?? '');
    expect(missing).toEqual({ 'gpt-4o': 1 });
  });

  it('the access log has who answered and what it took, and no word of what was said', async () => {
    const content = 'a secret word';
    await tokensOf(() =>
      post('/v1/messages', { model: 'claude-test', max_tokens: 9, messages: [{ role: 'user', content }] }),
    );
    const logs = await instance.logs();
    const lines = logs.split('\n').filter((line) => line.includes('"upstream_cluster"'));
    const entry = JSON.parse(lines.at(-1)?.replace(/^\[envoy\] /, '') ?? '{}') as object;
    expect(entry).toMatchObject({
      provider: 'anthropic',
      model: 'claude-test',
      prompt_tokens: PROMPT_TOKENS,
      completion_tokens: expect.any(Number),
      cache_read_tokens: null,
    });
    expect(lines.join()).not.toContain(content);
  });

  it('errors are counted by status and failure, with the one that was asked last', async () => {
    const before = await readSamples(instance.metricsAddress);
    await post('/v1/chat/completions', { ...hi, model: 'openai/gpt-4o-status400' });
    await post('/v1/chat/completions', { ...hi, model: 'openai/gpt-4o-reset' });
    const after = await metricsAfter(before, 2);
    const requests = after.added(before, 'brightstaff_llm_upstream_requests_total', (labels) =>
      [labels['model'], labels['status_class'], labels['error_class']].join(' '),
    );
    expect(requests).toEqual({ 'gpt-4o-status400 4xx none': 1, 'gpt-4o-reset 5xx stream': 1 });
  });
});

describe('the price', () => {
  it.each([
    ['a complete answer', { ...hi, model: 'gpt-4o' }],
    ['a streamed answer', { ...hi, model: 'openai/gpt-4o-events300', stream: true }],
  ])('%s still takes one stream and three messages', async (_, body) => {
    const streams = await instance.total('http.models.ext_proc.front.streams_started');
    const messages = await instance.total('http.models.ext_proc.front.stream_msgs_sent');
    for (let call = 0; call < 5; call++) await post('/v1/chat/completions', body);
    expect((await instance.total('http.models.ext_proc.front.streams_started')) - streams).toBe(5);
    expect((await instance.total('http.models.ext_proc.front.stream_msgs_sent')) - messages).toBe(15);
  });
});
