import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { startFakeUpstream, type FakeUpstream } from './upstream';
import { answerText, renderAnswer } from './upstream-answers';
import { readModelSuffix } from './upstream-script';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await startFakeUpstream({ name: 'fake', models: ['gpt-4o', 'claude-3-5-sonnet'] });
});
afterEach(() => upstream.close());

const TOOL = { name: 'get_weather', description: 'Weather', parameters: { type: 'object', properties: {} } };
const QUESTION = [{ role: 'user' as const, content: 'hello' }];

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Rejects with Node's error when the connection breaks, which is what several tests look for. */
function post(path: string, body: object, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${upstream.url}${path}`, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

describe('answers, read by the vendors’ own clients', () => {
  const text = answerText({ intro: 'fake (m):' });

  it('openai.chat', async () => {
    const client = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'k', maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: 'm', messages: QUESTION });
    expect(answer.choices[0]?.message.content).toBe(text);
    const stream = client.chat.completions.stream({
      model: 'm',
      messages: QUESTION,
      stream_options: { include_usage: true },
    });
    expect(await stream.finalContent()).toBe(text);
    expect((await stream.finalChatCompletion()).usage).toEqual(answer.usage);
    const tools = [{ type: 'function' as const, function: TOOL }];
    const calling = client.chat.completions.stream({ model: 'm-tool', messages: QUESTION, tools });
    expect(await calling.finalFunctionToolCall()).toMatchObject({
      name: 'get_weather',
      arguments: '{"city":"Köln","days":3}',
    });
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-4o', 'claude-3-5-sonnet']);
  });

  it('openai.responses', async () => {
    const client = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'k', maxRetries: 0 });
    expect((await client.responses.create({ model: 'm', input: 'hello' })).output_text).toBe(text);
    const stream = client.responses.stream({ model: 'm', input: 'hello' });
    expect((await stream.finalResponse()).output_text).toBe(text);
  });

  it('anthropic.messages', async () => {
    const client = new Anthropic({ baseURL: upstream.url, apiKey: 'k', maxRetries: 0 });
    const asked = { max_tokens: 10, messages: QUESTION };
    const answer = await client.messages.create({ ...asked, model: 'm' });
    expect(answer.content).toEqual([{ type: 'text', text }]);
    expect(await client.messages.stream({ ...asked, model: 'm' }).finalText()).toBe(text);
    const tools = [{ name: TOOL.name, input_schema: { type: 'object' as const } }];
    const calling = await client.messages.stream({ ...asked, model: 'm-tool', tools }).finalMessage();
    expect(calling.content).toMatchObject([
      { type: 'tool_use', name: 'get_weather', input: { city: 'Köln', days: 3 } },
    ]);
    await expect(client.messages.create({ ...asked, model: 'm-status529' })).rejects.toMatchObject({
      status: 529,
      error: { type: 'error', error: { type: 'api_error' } },
    });
  });
});

describe('steering', () => {
  it.each([
    ['gpt-4o', {}],
    ['claude-3-5-sonnet-20241022', {}],
    ['gpt-4o-status503', { status: 503 }],
    ['gpt-4o-status503-delay200-retryafter2', { status: 503, delayMs: 200, retryAfter: 2 }],
    ['m-hang', { mode: 'hang' }],
    ['m-events3-hang-after-headers', { mode: 'hang-after-headers', events: 3 }],
  ])('by the model name %s', (model, script) => {
    expect(readModelSuffix(model)).toEqual(script);
  });

  it('by headers, which win over the model name, and by next(), which wins over both, once', async () => {
    const ask = (): Promise<RawAnswer> =>
      post('/v1/chat/completions', { model: 'm-status500' }, { 'x-fake-status': '429', 'x-fake-retry-after': '7' });
    upstream.next({ status: 418 });
    expect((await ask()).status).toBe(418);
    const second = await ask();
    expect({ status: second.status, wait: second.headers['retry-after'] }).toEqual({ status: 429, wait: '7' });
  });

  it('remembers what it received', async () => {
    await post('/v1/messages?beta=true', { model: 'm', text: 'Köln' }, { 'x-api-key': 'secret' });
    await upstream.waitForRequests(1);
    const [request] = upstream.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v1/messages?beta=true',
      json: { model: 'm', text: 'Köln' },
    });
    expect(request?.headers['x-api-key']).toBe('secret');
    expect(request?.body.toString()).toBe('{"model":"m","text":"Köln"}');
  });
});

describe('bodies', () => {
  it.each([0, 1, 100, 1_000, 1_001, 20_000_000])('of exactly %i bytes', async (bodyBytes) => {
    const { status, body } = await post('/v1/chat/completions', { model: `m-bytes${String(bodyBytes)}` });
    expect({ status, length: body.length }).toEqual({ status: 200, length: bodyBytes });
    if (bodyBytes >= 1_000) expect(() => JSON.parse(body.toString()) as unknown).not.toThrow();
  });

  it.each(['/v1/chat/completions', '/v1/messages', '/v1/responses'])(
    'streamed at %s are the bytes that tests can compute',
    async (path) => {
      const dialect =
        path === '/v1/messages' ? 'anthropic.messages' : path === '/v1/responses' ? 'openai.responses' : 'openai.chat';
      const { body } = await post(path, { model: 'm-events500', stream: true }, { 'x-fake-chunk-bytes': '997' });
      const facts = { dialect, model: 'm-events500', stream: true, includeUsage: false } as const;
      expect(body.equals(Buffer.concat(renderAnswer(facts, { events: 500, intro: 'fake (m-events500):' })))).toBe(true);
    },
  );
});

describe('misbehaviour', () => {
  it.each(['refuse', 'reset', 'garbage', 'cut'])('%s breaks the connection', async (mode) => {
    await expect(post('/v1/chat/completions', { model: `m-${mode}` })).rejects.toThrow();
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ['empty', (body: Buffer): boolean => body.length === 0],
    ['not-json', (body: Buffer): boolean => body.toString().startsWith('<html>')],
    ['gzip', (body: Buffer): boolean => gunzipSync(body).toString().includes('chat.completion')],
  ])('%s answers 200 all the same', async (mode, holds) => {
    const { status, body } = await post('/v1/chat/completions', { model: `m-${mode}` });
    expect({ status, holds: holds(body) }).toEqual({ status: 200, holds: true });
  });

  it.each(['hang', 'hang-after-headers'])('%s lasts until the caller leaves, which is noticed', async (mode) => {
    const call = httpRequest(`${upstream.url}/v1/chat/completions`, { method: 'POST', agent: false });
    call.on('error', () => undefined);
    call.end(JSON.stringify({ model: `m-${mode}`, stream: true }));
    await upstream.waitForRequests(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(upstream.requests[0]?.aborted).toBe(false);
    call.destroy();
    for (let wait = 0; wait < 100 && upstream.requests[0]?.aborted !== true; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(upstream.requests[0]?.aborted).toBe(true);
  });
});
