/** Upstreams that send too much, without end, or other lengths than they say; and requests that only they could refuse. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import net from 'node:net';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { messageStream, streamedText } from '../fakes/stream-text';
import { startInstance, type Instance } from './instance';

const CONFIG = `
version: v0.4.0
model_providers:
  - model: openai/*
    access_key: $KEY
  - model: anthropic/*
    access_key: $KEY
  - model: groq/*
    access_key: $KEY
  - model: mistral/*
    access_key: $KEY
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
    timeout: 4s
`;
const TIMEOUT_MS = 4_000;
const MEGABYTE = 1024 * 1024;

let openai: FakeUpstream;
let anthropic: FakeUpstream;
/** Streams without an end, behind `groq` (chat completions). */
let endless: Server;
/** Answers with what a test has put into `rawAnswer`, headers included, behind `mistral` (chat completions). */
let raw: net.Server;
let rawAnswer: Buffer = Buffer.alloc(0);
let instance: Instance;

beforeAll(async () => {
  openai = await startFakeUpstream({ name: 'openai' });
  anthropic = await startFakeUpstream({ name: 'anthropic' });
  endless = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'x' } }] })}\n\n`;
    const timer = setInterval(() => response.write(event), 5);
    response.on('close', () => clearInterval(timer));
    response.on('error', () => undefined);
  });
  raw = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(rawAnswer));
  });
  instance = await startInstance({
    config: CONFIG,
    env: {
      KEY: 'secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
      OUTERLOOP_BASE_URL_GROQ: await listening(endless),
      OUTERLOOP_BASE_URL_MISTRAL: await listening(raw),
    },
  });
}, 60_000);
afterAll(async () => {
  expect(instance.sidecar.exitCode).toBeNull();
  expect(instance.envoy.exitCode).toBeNull();
  await instance.stop();
  await openai.close();
  await anthropic.close();
  endless.closeAllConnections();
  endless.close();
  raw.close();
});

async function listening(server: Server | net.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${String((server.address() as net.AddressInfo).port)}`;
}

function post(path: string, body: object | string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${String(instance.port('models'))}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const chat = (model: string, more: object = {}): Promise<Response> =>
  post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'q' }], ...more });
const message = (model: string, more: object = {}): Promise<Response> =>
  post('/v1/messages', { model, max_tokens: 9, messages: [{ role: 'user', content: 'q' }], ...more });

const ERROR = { error: { message: expect.any(String) } };

const SSE = { 'content-type': 'text/event-stream' };

describe('events of ten megabytes', () => {
  const text = 'ü'.repeat(5 * MEGABYTE);

  it('are passed on', async () => {
    const body = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\ndata: [DONE]\n\n`;
    openai.next({ body, headers: SSE });
    expect((await (await chat('openai/gpt-test', { stream: true })).text()) === body).toBe(true);
  });

  it('are translated', async () => {
    anthropic.next({ body: messageStream(text), headers: SSE });
    const answer = await (await chat('anthropic/claude-test', { stream: true })).text();
    expect(streamedText(answer) === text).toBe(true);
    expect(answer.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('beyond all measure end in an error event, translated', async () => {
    anthropic.next({ body: messageStream('x'.repeat(20 * MEGABYTE)), headers: SSE });
    const answer = await (await chat('anthropic/claude-test', { stream: true })).text();
    expect(answer.length).toBeLessThan(MEGABYTE);
    expect(answer).toContain('"error"');
    expect(answer).not.toContain('[DONE]');
  });
});

describe('endless streams', () => {
  it.each([
    ['passed on', () => chat('groq/llama', { stream: true })],
    ['translated', () => message('groq/llama', { stream: true })],
  ])(
    'end with the timeout of the listener, %s',
    async (_, ask) => {
      const started = Date.now();
      const answer = await ask();
      expect(answer.status).toBe(200);
      const text = await drained(answer);
      expect(text).toContain('x');
      expect(Date.now() - started).toBeGreaterThan(TIMEOUT_MS - 500);
      expect(Date.now() - started).toBeLessThan(TIMEOUT_MS + 4_000);
      await eventually(async () => (await openExchanges()) === 0);
    },
    20_000,
  );
});

describe('lengths that are wrong', () => {
  const body =
    '{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}';
  const answerOf = (length: number): Buffer =>
    Buffer.from(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${String(length)}\r\n\r\n${body}`,
    );

  it('too long, translated: an error', async () => {
    rawAnswer = answerOf(body.length + 50);
    expect(await (await message('mistral/m')).json()).toMatchObject({ type: 'error', ...ERROR });
  });

  it('too long, passed on: an error, or an answer that is seen to be broken', async () => {
    rawAnswer = answerOf(body.length + 50);
    const text = await chat('mistral/m')
      .then((answer) => answer.text())
      .catch(() => JSON.stringify({ error: { message: 'broken' } }));
    expect(JSON.parse(text)).toMatchObject(ERROR);
  });

  it('too short: no more than was promised', async () => {
    rawAnswer = answerOf(body.length - 5);
    expect(await (await message('mistral/m')).json()).toMatchObject({ type: 'error' });
    rawAnswer = answerOf(body.length - 5);
    expect(await (await chat('mistral/m')).text()).toBe(body.slice(0, -5));
  });

  it.each([
    ['no number', 'content-length: many'],
    ['two that differ', 'content-length: 5\r\ncontent-length: 7'],
    ['chunks without sizes', 'transfer-encoding: chunked'],
  ])('%s: an error in the shape of the caller', async (_, header) => {
    rawAnswer = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${header}\r\n\r\n${body}`);
    const answer = await message('mistral/m');
    expect(await answer.json()).toMatchObject({ type: 'error', error: { message: expect.any(String) } });
  });
});

describe('requests that only a vendor could refuse', () => {
  it('tool results without calls reach the vendor, in its shape', async () => {
    const answer = await post('/v1/chat/completions', {
      model: 'anthropic/claude-test',
      messages: [{ role: 'tool', tool_call_id: 'nobody', content: 'r' }],
    });
    expect(answer.status).toBe(200);
    expect(anthropic.requests.at(-1)?.json).toMatchObject({
      messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'nobody' }] }],
    });
    const back = await message('openai/gpt-test', {
      messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'nobody', content: 'r' }] }],
    });
    expect(back.status).toBe(200);
    expect(openai.requests.at(-1)?.json).toMatchObject({ messages: [{ role: 'tool', tool_call_id: 'nobody' }] });
  });

  it('huge seeds keep every digit where they are passed on, and are a warning where they cannot be', async () => {
    const body =
      '{"model":"openai/gpt-test","seed":123456789012345678901234567890,"messages":[{"role":"user","content":"q"}]}';
    expect((await post('/v1/chat/completions', body)).status).toBe(200);
    expect(openai.requests.at(-1)?.body.toString()).toContain('"seed":123456789012345678901234567890,');
    const translated = await post('/v1/chat/completions', body.replace('openai/gpt-test', 'anthropic/claude-test'));
    expect(translated.status).toBe(200);
    expect(translated.headers.get('x-outerloop-warnings')).toMatch(/seed/i);
  });

  it('an image that is none is the business of the vendor', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,bm8gaW1hZ2U=' } };
    const answer = await post('/v1/chat/completions', {
      model: 'anthropic/claude-test',
      messages: [{ role: 'user', content: [image] }],
    });
    expect(answer.status).toBe(200);
    const garbled = await post('/v1/chat/completions', {
      model: 'anthropic/claude-test',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:;;;,%%%' } }] }],
    });
    expect([200, 400]).toContain(garbled.status);
  });
});

/** What came until the connection ended, however it ended. */
async function drained(answer: Response): Promise<string> {
  let text = '';
  try {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk as Uint8Array).toString('utf8');
  } catch {
    // Cut off in the middle: that is one way to end.
  }
  return text;
}

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
