import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { BODY_BUFFERED } from '../../src/extproc/protocol';
import { setHeader, type ScriptedStream } from './scripted-envoy';
import { startFixture, type Fixture } from './sidecar-fixture';

const HEAD = { ':method': 'POST', ':path': '/v1/chat/completions', 'content-type': 'application/json' };
const STREAM_EVENTS = [
  [
    'message_start',
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-test',
        content: [],
        usage: { input_tokens: 5, output_tokens: 1 },
      },
    },
  ],
  ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
  [
    'content_block_delta',
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße, 世界 🌍' } },
  ],
  ['content_block_stop', { type: 'content_block_stop', index: 0 }],
  ['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } }],
  ['message_stop', { type: 'message_stop' }],
] as const;
const SSE = Buffer.from(
  STREAM_EVENTS.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
);

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await fixture.close();
});

async function answering(
  stream: boolean,
  headers: Record<string, string>,
  endOfStream = false,
): Promise<ScriptedStream> {
  const scripted = fixture.envoy.front('models').requestHeaders(HEAD);
  await scripted.reply(1);
  scripted.requestBody(JSON.stringify({ model: 'claude-test', stream, messages: [{ role: 'user', content: 'hi' }] }));
  await scripted.reply(2);
  scripted.responseHeaders({ ':status': '200', 'x-outerloop-from-upstream': '1', ...headers }, endOfStream);
  await scripted.reply(3);
  return scripted;
}

/** All rewritten bytes once the last piece is out. */
async function collect(stream: ScriptedStream): Promise<{ text: string; ends: number }> {
  const pieces = (): { body: Buffer; endOfStream: boolean }[] =>
    stream.replies.flatMap((reply) => reply.responseBody?.response?.bodyMutation?.streamedResponse ?? []);
  for (let count = 4; !pieces().some((piece) => piece.endOfStream); count++) await stream.reply(count);
  return {
    text: Buffer.concat(pieces().map((piece) => piece.body ?? Buffer.alloc(0))).toString('utf8'),
    ends: pieces().filter((piece) => piece.endOfStream).length,
  };
}

function content(sse: string): string {
  return sse
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map((chunk) => chunk.choices[0]?.delta.content ?? '')
    .join('');
}

describe('a translated stream', () => {
  it.each([1, 7, 64, 5000])('is the same in cuts of %d bytes', async (size) => {
    const stream = await answering(true, { 'content-type': 'text/event-stream' });
    for (let at = 0; at < SSE.length; at += size)
      stream.responseBody(SSE.subarray(at, at + size), at + size >= SSE.length);
    const { text, ends } = await collect(stream);
    expect(content(text)).toBe('Grüße, 世界 🌍');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(ends).toBe(1);
  });

  it('ends once, whatever comes after the end', async () => {
    const stream = await answering(true, { 'content-type': 'text/event-stream' });
    stream.responseBody(SSE, true).responseBody(SSE, true).responseBody('', true);
    const { text, ends } = await collect(stream);
    expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    expect(ends).toBe(1);
    stream.halfClose();
    expect(await stream.ended).toEqual({ code: 0 });
  });

  it('takes trailers as the end of the body', async () => {
    const stream = await answering(true, { 'content-type': 'text/event-stream' });
    stream.responseBody(SSE).responseTrailers();
    let count = 4;
    while (stream.replies.at(-1)?.responseTrailers === undefined) await stream.reply(count++);
    const text = stream.replies
      .map((reply) => reply.responseBody?.response?.bodyMutation?.streamedResponse?.body?.toString('utf8') ?? '')
      .join('');
    expect(text).toContain('[DONE]');
  });

  it('reads gzip', async () => {
    const stream = await answering(true, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    const zipped = gzipSync(SSE);
    stream.responseBody(zipped.subarray(0, 20)).responseBody(zipped.subarray(20), true);
    expect(content((await collect(stream)).text)).toBe('Grüße, 世界 🌍');
  });
});

describe('a long translated stream', () => {
  it('leaves in pieces that fit a gRPC frame', async () => {
    const stream = await answering(true, { 'content-type': 'text/event-stream' });
    const [name, delta] = [
      'content_block_delta',
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x'.repeat(300_000) } },
    ];
    const long = SSE.toString('utf8').replace(
      'event: content_block_stop',
      () => `event: ${name}\ndata: ${JSON.stringify(delta)}\n\nevent: content_block_stop`,
    );
    stream.responseBody(long, true);
    const { text } = await collect(stream);
    expect(text.length).toBeGreaterThan(300_000);
    for (const reply of stream.replies) {
      expect(reply.responseBody?.response?.bodyMutation?.streamedResponse?.body?.length ?? 0).toBeLessThanOrEqual(
        62_000,
      );
    }
  });
});

describe('a translated JSON answer', () => {
  const MESSAGE = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [{ type: 'text', text: 'hello' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  };

  async function whole(
    body: string,
  ): Promise<{ status: string | undefined; text: string; length: string | undefined }> {
    const stream = await answering(false, { 'content-type': 'application/json', 'content-length': '5' });
    expect((await stream.reply(3)).modeOverride?.responseBodyMode).toBe(BODY_BUFFERED);
    stream.responseBody(body, true).responseBody(body, true);
    const reply = await stream.reply(4);
    return {
      status: setHeader(reply, 'responseBody', ':status'),
      text: reply.responseBody?.response?.bodyMutation?.body?.toString('utf8') ?? '',
      length: setHeader(reply, 'responseBody', 'content-length'),
    };
  }

  it('becomes a chat completion with its own length', async () => {
    const { status, text, length } = await whole(JSON.stringify(MESSAGE));
    expect(JSON.parse(text)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }],
    });
    expect({ status, length }).toEqual({ status: '200', length: String(Buffer.byteLength(text)) });
  });

  it.each(['<html>', '', '{"choices":', '[]'])(
    '%j is no answer: the status says so, before anything was sent',
    async (body) => {
      const { status, text } = await whole(body);
      expect(status).toBe('502');
      expect(JSON.parse(text)).toMatchObject({ error: { message: expect.any(String) } });
    },
  );

  it('an empty answer becomes an error the caller can read', async () => {
    const stream = await answering(false, { 'content-type': 'application/json' }, true);
    expect(setHeader(await stream.reply(3), 'responseHeaders', ':status')).toBe('502');
    const body = (await stream.reply(3)).responseHeaders?.response?.bodyMutation?.body?.toString('utf8') ?? '';
    expect(JSON.parse(body)).toMatchObject({ error: {} });
  });
});
