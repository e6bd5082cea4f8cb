import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { renderAnswer } from '../fakes/upstream-answers';
import { startInstance, type Instance } from './instance';

/** Two vendors on one fake each; `both` is offered by the two of them, so it has two candidates. */
const CONFIG = `
version: v0.4.0
model_providers:
  - model: openai/gpt-4o
    access_key: $OPENAI_API_KEY
    default: true
  - model: openai/*
    access_key: $OPENAI_API_KEY
  - model: anthropic/claude-test
    access_key: $ANTHROPIC_API_KEY
  - model: anthropic/*
    access_key: $ANTHROPIC_API_KEY
model_aliases:
  fast:
    target: gpt-4o
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
overrides:
  debug_headers: true
`;

let openai: FakeUpstream;
let anthropic: FakeUpstream;
let instance: Instance;
let base: string;

beforeAll(async () => {
  openai = await startFakeUpstream({ name: 'openai' });
  anthropic = await startFakeUpstream({ name: 'anthropic' });
  instance = await startInstance({
    config: CONFIG,
    env: {
      OPENAI_API_KEY: 'openai-secret',
      ANTHROPIC_API_KEY: 'anthropic-secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
    },
  });
  base = `http://127.0.0.1:${instance.port('models')}`;
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await openai.close();
  await anthropic.close();
});
let openaiBefore = 0;
let anthropicBefore = 0;
beforeEach(() => {
  openaiBefore = openai.requests.length;
  anthropicBefore = anthropic.requests.length;
});

const chat = (model: string | undefined, more: object = {}): object => ({
  ...(model === undefined ? {} : { model }),
  messages: [{ role: 'user', content: 'Grüße, 世界' }],
  ...more,
});

function post(path: string, body: object | string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
}

describe('the same API on both sides', () => {
  it('reaches the upstream byte for byte when the model keeps its name', async () => {
    const body =
      '{ "messages": [{"role":"user","content":"hi \\u00e9 😀"}],\n\t"model":"gpt-4o", "seed": 12345678901234567890, "x": 1.0 }';
    const answer = await post('/v1/chat/completions', body, {
      authorization: 'Bearer caller',
      cookie: 'a=b',
      'x-arch-upstream': 'evil',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-outerloop-model')).toBe('openai/gpt-4o');
    expect(answer.headers.get('x-outerloop-from-upstream')).toBeNull();
    const request = openai.requests.at(-1);
    expect(request?.body.toString('utf8')).toBe(body);
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.headers.authorization).toBe('Bearer openai-secret');
    expect(request?.headers.cookie).toBeUndefined();
    const internal = Object.keys(request?.headers ?? {}).filter((name) => /^x-(arch|outerloop|envoy)-/.test(name));
    expect(internal).toEqual([]);
  });

  it('passes a stream of 500 multi-byte events unchanged', async () => {
    const model = 'gpt-4o-events500-chunk101';
    const expected = Buffer.concat(
      renderAnswer(
        { dialect: 'openai.chat', model, stream: true, includeUsage: false },
        { intro: `openai (${model}):`, events: 500 },
      ),
    );
    const answer = await post('/v1/chat/completions', chat(`openai/${model}`, { stream: true }));
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(Buffer.from(await answer.arrayBuffer()).equals(expected)).toBe(true);
  });

  it.each([0, 1, 1000, 1_100_000, 5_000_000, 20_000_000])('passes an answer of %d bytes', async (bytes) => {
    const body = randomBytes(bytes);
    openai.next({ body, headers: { 'content-type': 'application/json' } });
    const answer = await post('/v1/chat/completions', chat('gpt-4o'));
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  it.each([1_100_000, 5_000_000, 20_000_000])('takes a request of %d bytes', async (bytes) => {
    const content = randomBytes(Math.floor((bytes * 3) / 4)).toString('base64');
    const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content }] });
    const answer = await post('/v1/chat/completions', body);
    expect(answer.status).toBe(200);
    expect(openai.requests.at(-1)?.body.toString('utf8')).toBe(body.replace('"fast"', '"gpt-4o"'));
  });

  it('serves the Responses API of a vendor that has it', async () => {
    const answer = await post('/v1/responses', { model: 'gpt-4o', input: 'hi' });
    expect(answer.status).toBe(200);
    expect(openai.requests.at(-1)?.path).toBe('/v1/responses');
  });

  it('serves the Messages API of Anthropic, query and beta headers included', async () => {
    const body = { model: 'claude-test', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    const answer = await post('/v1/messages?beta=true', body, { 'anthropic-beta': 'tools-1', 'x-api-key': 'caller' });
    expect(answer.status).toBe(200);
    const request = anthropic.requests.at(-1);
    expect(request?.path).toBe('/v1/messages?beta=true');
    expect(request?.headers).toMatchObject({
      'x-api-key': 'anthropic-secret',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'tools-1',
    });
    expect(request?.headers.authorization).toBeUndefined();
  });
});

describe('which model answers', () => {
  it.each([
    ['an alias', 'fast', 'openai/gpt-4o'],
    ['a full name', 'openai/gpt-4o', 'openai/gpt-4o'],
    ['a bare id', 'claude-test', 'anthropic/claude-test'],
    ['a wildcard', 'openai/some-new-model', 'openai/some-new-model'],
    ['nothing: the default', undefined, 'openai/gpt-4o'],
  ])('%s', async (_, asked, expected) => {
    const answer = await post('/v1/chat/completions', chat(asked));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-outerloop-model')).toBe(expected);
  });

  it('says why to callers who ask, where the file allows it', async () => {
    const asked = await post('/v1/chat/completions', chat('fast'), { 'x-outerloop-debug': '1' });
    expect(asked.headers.get('x-outerloop-decision')).toContain('fast');
    expect(openai.requests.at(-1)?.headers['x-outerloop-debug']).toBeUndefined();
    const unasked = await post('/v1/chat/completions', chat('fast'));
    expect(unasked.headers.get('x-outerloop-decision')).toBeNull();
  });

  it('lists models sorted, aliases included', async () => {
    const body = (await (await fetch(`${base}/v1/models`)).json()) as { data: { id: string; owned_by: string }[] };
    const ids = body.data.map((entry) => entry.id);
    expect(ids).toEqual(expect.arrayContaining(['fast', 'openai/gpt-4o', 'anthropic/claude-test']));
    expect(ids).toEqual([...ids].sort());
  });
});

describe('translation', () => {
  it('OpenAI callers get Anthropic models, complete', async () => {
    const answer = await post('/v1/chat/completions', chat('claude-test'));
    const body = (await answer.json()) as {
      object: string;
      choices: { message: { content: string } }[];
      usage: object;
    };
    expect(body.object).toBe('chat.completion');
    expect(body.choices[0]?.message.content).toContain('anthropic');
    expect(anthropic.requests.at(-1)?.json).toMatchObject({ model: 'claude-test', max_tokens: 4096 });
    expect(anthropic.requests.at(-1)?.headers['accept-encoding']).toBe('identity');
  });

  it('OpenAI callers get Anthropic models, streamed in odd pieces', async () => {
    const answer = await post('/v1/chat/completions', chat('anthropic/claude-test-events50-chunk3', { stream: true }));
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(text.match(/"finish_reason":"stop"/g)).toHaveLength(1);
    expect(text).toContain('🚄');
  });

  it('Anthropic callers get OpenAI models, complete and streamed', async () => {
    const body = { model: 'gpt-4o', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    const complete = await post('/v1/messages', body);
    expect(await complete.json()).toMatchObject({ type: 'message', role: 'assistant', content: [{ type: 'text' }] });
    const streamed = await (await post('/v1/messages', { ...body, stream: true })).text();
    const names = [...streamed.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]);
    expect(names[0]).toBe('message_start');
    expect(names.at(-1)).toBe('message_stop');
  });

  it('reads compressed answers', async () => {
    const answer = await post('/v1/chat/completions', chat('anthropic/claude-test-gzip'), {
      'accept-encoding': 'gzip',
    });
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
  });

  it('turns an error of the vendor into the shape of the caller and keeps its status', async () => {
    const answer = await post('/v1/chat/completions', chat('anthropic/claude-test-status429-retryafter7'));
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({ error: { type: expect.any(String), message: expect.any(String) } });
  });

  it('a large answer is translated too', async () => {
    const answer = await post('/v1/chat/completions', chat('anthropic/claude-test-bytes5000000'));
    const body = (await answer.json()) as { choices: { message: { content: string } }[] };
    expect(body.choices[0]?.message.content.length).toBeGreaterThan(2_000_000);
  });
});

describe('the message budget', () => {
  it.each([
    ['a complete answer', chat('gpt-4o')],
    ['a streamed answer of 300 events', chat('openai/gpt-4o-events300', { stream: true })],
  ])('%s takes one stream and three messages', async (_, body) => {
    const streams = await instance.total('http.models.ext_proc.front.streams_started');
    const messages = await instance.total('http.models.ext_proc.front.stream_msgs_sent');
    const attempts = await instance.total('ext_proc.attempt.streams_started');
    for (let call = 0; call < 5; call++) await (await post('/v1/chat/completions', body)).arrayBuffer();
    expect((await instance.total('http.models.ext_proc.front.streams_started')) - streams).toBe(5);
    expect((await instance.total('http.models.ext_proc.front.stream_msgs_sent')) - messages).toBe(15);
    expect(await instance.total('ext_proc.attempt.streams_started')).toBe(attempts);
  });
});

describe('upstreams that misbehave', () => {
  it.each([
    ['refuses', 'refuse', [502, 503]],
    ['resets', 'reset', [502, 503]],
    ['sends garbage', 'garbage', [502, 503]],
  ])('an upstream that %s gives a clear error in both shapes', async (_, mode, statuses) => {
    const openaiAnswer = await post('/v1/chat/completions', chat(`openai/gpt-4o-${mode}`));
    expect(statuses).toContain(openaiAnswer.status);
    expect(await openaiAnswer.json()).toMatchObject({
      error: { message: expect.any(String), code: expect.any(String) },
    });
    const anthropicAnswer = await post('/v1/messages', { ...chat(`anthropic/claude-test-${mode}`), max_tokens: 3 });
    expect(statuses).toContain(anthropicAnswer.status);
    expect(await anthropicAnswer.json()).toMatchObject({ type: 'error', error: { message: expect.any(String) } });
  });

  it('nonsense instead of JSON becomes an error when it must be translated', async () => {
    const answer = await post('/v1/chat/completions', chat('anthropic/claude-test-not-json'));
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  it('so does an empty answer', async () => {
    const body = { model: 'openai/gpt-4o-empty', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    const answer = await post('/v1/messages', body);
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 502,
      body: { type: 'error' },
    });
  });

  it('a client that leaves in the middle is forgotten', async () => {
    const abort = new AbortController();
    const pending = fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chat('openai/gpt-4o-hang')),
      signal: abort.signal,
    });
    await openai.waitForRequests(openaiBefore + 1);
    abort.abort();
    await expect(pending).rejects.toThrow();
    await eventually(() => Promise.resolve(openai.requests.at(-1)?.aborted === true));
    await eventually(async () => (await openExchanges()) === 0);
    expect(anthropic.requests.length).toBe(anthropicBefore);
  });
});

async function openExchanges(): Promise<number> {
  const status = (await (await fetch(`http://${instance.metricsAddress}/status`)).json()) as { openExchanges: number };
  return status.openExchanges;
}

async function eventually(test: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await test()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not happen within two seconds');
}
