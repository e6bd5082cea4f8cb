/** Upstreams whose bodies are not what their headers say, and compressed ones: translated and passed on. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { messageStream, streamedText } from '../fakes/stream-text';
import type { FakeUpstream } from '../fakes/upstream';
import { renderAnswer } from '../fakes/upstream-answers';
import { startSdkInstance, type SdkInstance } from './sdk-instance';

const MEGABYTE = 1024 * 1024;

let gateway: SdkInstance;
let openai: FakeUpstream;
let anthropic: FakeUpstream;

beforeAll(async () => {
  gateway = await startSdkInstance();
  ({ openai, anthropic } = gateway);
}, 60_000);
afterAll(async () => {
  expect(gateway.instance.sidecar.exitCode).toBeNull();
  await gateway.stop();
});

const chat = (model: string, more: object = {}): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'q' }], ...more }),
  });

const ERROR = { error: { message: expect.any(String) } };
const SSE = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('upstreams that lie about the content type', () => {
  const complete = {
    id: 'm',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    usage: {},
  };

  it('JSON that calls itself a stream, asked for as JSON', async () => {
    anthropic.next({ body: JSON.stringify(complete), headers: SSE });
    const answer = await chat('anthropic/claude-test');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hi' } }] });
  });

  it.each([['text/plain'], ['application/octet-stream'], ['text/html; charset=latin1']])('JSON as %s', async (type) => {
    anthropic.next({ body: JSON.stringify(complete), headers: { 'content-type': type } });
    expect(await (await chat('anthropic/claude-test')).json()).toMatchObject({
      choices: [{ message: { content: 'Hi' } }],
    });
  });

  it('a stream that calls itself JSON', async () => {
    anthropic.next({ body: messageStream('Hi'), headers: JSON_TYPE });
    const answer = await chat('anthropic/claude-test', { stream: true });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(streamedText(await answer.text())).toBe('Hi');
  });

  it('JSON where a stream was asked for', async () => {
    anthropic.next({ body: JSON.stringify(complete), headers: JSON_TYPE });
    const answer = await chat('anthropic/claude-test', { stream: true });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(streamedText(await answer.text())).toBe('Hi');
  });

  it('a stream where JSON was asked for', async () => {
    anthropic.next({ body: messageStream('Hi'), headers: SSE });
    expect(await (await chat('anthropic/claude-test')).json()).toMatchObject({
      choices: [{ message: { content: 'Hi' } }],
    });
  });

  it.each([false, true])('a page instead of an answer, streamed: %s', async (stream) => {
    anthropic.next({ mode: 'not-json' });
    expect(await (await chat('anthropic/claude-test', { stream })).text()).toContain('"error"');
  });

  it('a page as an error', async () => {
    anthropic.next({ status: 503, body: '<html>Down</html>', headers: { 'content-type': 'text/html' } });
    const answer = await chat('anthropic/claude-test');
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 503, body: ERROR });
  });
});

describe('compressed bodies', () => {
  const facts = (dialect: 'openai.chat' | 'anthropic.messages', stream: boolean): Buffer =>
    Buffer.concat(renderAnswer({ dialect, model: 'm', stream, includeUsage: false }, { intro: 'in' }));
  const CODINGS = [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const;

  it.each(CODINGS)('%s, translated', async (coding, compress) => {
    anthropic.next({
      body: compress(facts('anthropic.messages', false)),
      headers: { ...JSON_TYPE, 'content-encoding': coding },
    });
    const answer = await chat('anthropic/claude-test');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
  });

  it.each(CODINGS)('%s, translated as a stream', async (coding, compress) => {
    anthropic.next({
      body: compress(facts('anthropic.messages', true)),
      chunkBytes: 11,
      headers: { ...SSE, 'content-encoding': coding },
    });
    const answer = await (await chat('anthropic/claude-test', { stream: true })).text();
    expect(streamedText(answer)).toContain('in Grüße');
    expect(answer.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it.each(CODINGS)('%s, passed on as it is', async (coding, compress) => {
    openai.next({ body: compress(facts('openai.chat', false)), headers: { ...JSON_TYPE, 'content-encoding': coding } });
    const answer = await chat('openai/gpt-test');
    expect(answer.headers.get('content-encoding')).toBe(coding);
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
  });

  it.each(CODINGS)('%s, an error translated', async (coding, compress) => {
    const body = compress(Buffer.from('{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}'));
    anthropic.next({ status: 529, body, headers: { ...JSON_TYPE, 'content-encoding': coding } });
    const answer = await chat('anthropic/claude-test');
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 529,
      body: { error: { message: 'Busy' } },
    });
  });

  it('one that is not what it says, and one that is cut', async () => {
    anthropic.next({ body: '{"not":"gzip"}', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } });
    expect(await (await chat('anthropic/claude-test')).json()).toMatchObject(ERROR);
    const half = gzipSync(facts('anthropic.messages', false)).subarray(0, 60);
    anthropic.next({ body: half, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } });
    expect(await (await chat('anthropic/claude-test')).json()).toMatchObject(ERROR);
    anthropic.next({ body: 'x', headers: { ...JSON_TYPE, 'content-encoding': 'rot13' } });
    expect(await (await chat('anthropic/claude-test')).json()).toMatchObject(ERROR);
  });

  it('one that unfolds to more than fits into memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MEGABYTE, ' '));
    anthropic.next({ body: bomb, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } });
    expect(await (await chat('anthropic/claude-test')).json()).toMatchObject(ERROR);
  });
});
