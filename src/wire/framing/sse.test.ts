import { describe, expect, it } from '@jest/globals';
import { printSse, SseDecoder, type SseEvent } from './sse';

function decode(chunks: readonly Buffer[]): readonly SseEvent[] {
  const decoder = new SseDecoder();
  return [...chunks.flatMap((chunk) => [...decoder.push(chunk)]), ...decoder.end()];
}

const CASES: readonly [string, string, readonly SseEvent[]][] = [
  ['LF', 'data: a\n\ndata:b\n\n', [{ data: 'a' }, { data: 'b' }]],
  ['CRLF', 'event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n', [{ event: 'x', data: 'a' }, { data: 'b' }]],
  ['CR', 'data: a\r\rdata: b\r\r', [{ data: 'a' }, { data: 'b' }]],
  ['several data lines', 'data: a\ndata: b\n\n', [{ data: 'a\nb' }]],
  ['comments, ids, retries, unknown fields', ': hi\nid: 1\nretry: 5\nfoo: bar\ndata: a\n\n', [{ data: 'a' }]],
  ['no empty line at the end', 'data: a', [{ data: 'a' }]],
  ['a byte order mark', '\uFEFFdata: a\n\n', [{ data: 'a' }]],
  ['characters of several bytes', 'data: ü€😀\n\n', [{ data: 'ü€😀' }]],
  ['nothing', '', []],
];

describe('SseDecoder', () => {
  it.each(CASES)('%s, however it is cut', (_name, text, events) => {
    const bytes = Buffer.from(text);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(events);
    }
    expect(decode(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(events);
  });

  it('replaces invalid UTF-8 the same way for every cut', () => {
    const bytes = Buffer.concat([Buffer.from('data: '), Buffer.from([0xf0, 0x9f, 0x41, 0xff]), Buffer.from('\n\n')]);
    const whole = decode([bytes]);
    for (let at = 0; at <= bytes.length; at += 1)
      expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
  });
});

describe('printSse', () => {
  it('prints what the decoder reads', () => {
    const events: readonly SseEvent[] = [{ event: 'x', data: '{"a":1}' }, { data: '[DONE]' }];
    expect(decode([Buffer.from(events.map(printSse).join(''))])).toEqual(events);
  });
});
