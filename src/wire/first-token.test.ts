import { describe, expect, it } from '@jest/globals';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { FirstTokenReader, MAX_HELD_BYTES, type FirstTokenVerdict } from './first-token';

/** Verdict, and the number of bytes after which it fell. */
function read(bytes: Buffer, size: number): { verdict: FirstTokenVerdict; bytes: number } {
  const reader = new FirstTokenReader();
  for (let at = 0; at < bytes.length; at += size) {
    const verdict = reader.push(bytes.subarray(at, at + size));
    if (verdict !== 'wait') return { verdict, bytes: Math.min(at + size, bytes.length) };
  }
  return { verdict: reader.end(), bytes: bytes.length };
}

const sse = (...events: (string | object)[]): string =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');

const ROLE = { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] };
const HI = { choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] };
const START = { type: 'message_start', message: { id: 'm', content: [] } };
const BLOCK = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const DELTA = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } };
const OVERLOADED = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };

const TOKENS: [string, string, string][] = [
  ['OpenAI chat', sse({ choices: [], prompt_filter_results: [] }, ROLE), sse(HI)],
  ['OpenAI chat, tool call', sse(ROLE), sse({ choices: [{ delta: { tool_calls: [{ index: 0, id: 'c' }] } }] })],
  ['OpenAI chat, empty answer', sse(ROLE), sse({ choices: [{ delta: {}, finish_reason: 'stop' }] })],
  ['legacy completions', ': keep-alive\n\n', sse({ choices: [{ text: 'Hi', index: 0 }] })],
  ['Anthropic', sse(START, { type: 'ping' }, BLOCK), sse(DELTA)],
  ['Anthropic tool', sse(START), sse({ type: 'content_block_start', content_block: { type: 'tool_use', name: 'f' } })],
  [
    'Responses',
    sse({ type: 'response.created' }, { type: 'response.in_progress' }),
    sse({ type: 'response.output_text.delta', delta: 'a' }),
  ],
  ['Gemini', '', sse({ candidates: [{ content: { parts: [{ text: 'Hi' }] } }] })],
  ['only the end', '', sse('[DONE]')],
];

const ERRORS: [string, string][] = [
  ['an OpenAI error event', sse({ error: { message: 'no', code: 'server_error' } })],
  ['an Anthropic error event', `event: error\n${sse(OVERLOADED)}`],
  ['an error after announcements', sse(START, BLOCK, OVERLOADED, DELTA)],
  ['a failed response', sse({ type: 'response.created' }, { type: 'response.failed', response: { error: {} } })],
  ['damaged JSON', 'data: {"choices": [\n\n'],
  ['a named error without JSON', 'event: error\ndata: boom\n\n'],
  ['nothing but an announcement', sse(START)],
  ['nothing', ''],
  ['blanks', '\n\n  '],
  ['a JSON error with status 200', '{"error": {"message": "no"}}'],
  ['half a JSON answer', '{"choices": [{"message": {"con'],
];

describe('FirstTokenReader', () => {
  it.each(TOKENS)('%s: waits through announcements, for every size of cuts', (_, announcement, token) => {
    const bytes = Buffer.from(announcement + token);
    for (let size = 1; size <= bytes.length; size += 1) {
      const result = read(bytes, size);
      expect(result.verdict).toBe('token');
      expect(result.bytes).toBeGreaterThan(Buffer.byteLength(announcement));
    }
  });

  it.each(ERRORS)('%s is an error, for every size of cuts', (_, text) => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= Math.max(1, bytes.length); size += 1) expect(read(bytes, size).verdict).toBe('error');
  });

  it('reads JSON answers to their end', () => {
    const body = Buffer.from(JSON.stringify({ error: null, choices: [{ message: { content: 'Hi' } }] }));
    expect(read(body, 7)).toEqual({ verdict: 'token', bytes: body.length });
  });

  it('reads AWS event streams', () => {
    const text = (input: Uint8Array): string => Buffer.from(input).toString();
    const codec = new EventStreamCodec(text, (input) => Buffer.from(input));
    const message = (type: string, name: string, body: object): Buffer =>
      Buffer.from(
        codec.encode({
          headers: {
            ':message-type': { type: 'string', value: type },
            [type === 'event' ? ':event-type' : ':exception-type']: { type: 'string', value: name },
          },
          body: Buffer.from(JSON.stringify(body)),
        }),
      );
    const start = message('event', 'messageStart', { role: 'assistant' });
    const delta = message('event', 'contentBlockDelta', { delta: { text: 'Hi' } });
    const refused = message('exception', 'throttlingException', { message: 'slow down' });
    expect(read(Buffer.concat([start, delta]), 5).verdict).toBe('token');
    expect(read(start, 5).verdict).toBe('error');
    expect(read(Buffer.concat([start, refused]), 5).verdict).toBe('error');
  });

  it('lets go of what says nothing for too long', () => {
    const comments = Buffer.from(': still thinking\n\n'.repeat(MAX_HELD_BYTES / 16));
    expect(read(comments, 4096)).toMatchObject({ verdict: 'token' });
    expect(read(Buffer.from(`{"a": "${'x'.repeat(MAX_HELD_BYTES)}`), 4096)).toMatchObject({ verdict: 'token' });
  });
});
