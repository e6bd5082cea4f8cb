import { describe, expect, it } from '@jest/globals';
import { awsMessage } from '../../../test/fakes/aws-messages';
import { AwsEventStreamDecoder } from './aws-event-stream';
import type { FramedEvent } from './event-framing';

function decode(chunks: readonly Buffer[]): FramedEvent[] {
  const decoder = new AwsEventStreamDecoder();
  return [...chunks.flatMap((chunk) => [...decoder.push(chunk)]), ...decoder.end()];
}

const bytewise = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.from([byte]));

const DAMAGED = { error: expect.objectContaining({ status: 502, code: 'upstream_malformed' }) };

const STREAM = Buffer.concat([
  awsMessage({ event: 'messageStart', payload: { role: 'assistant' } }),
  awsMessage({ event: 'contentBlockDelta', payload: { delta: { text: '☂ — é' }, contentBlockIndex: 0, p: 'abc' } }),
  awsMessage({ chunk: { type: 'message_stop' } }),
]);

const EVENTS = [
  { event: 'messageStart', data: '{"role":"assistant"}' },
  { event: 'contentBlockDelta', data: '{"delta":{"text":"☂ — é"},"contentBlockIndex":0,"p":"abc"}' },
  { data: '{"type":"message_stop"}' },
];

describe('AwsEventStreamDecoder', () => {
  it('reads the same events for every cut', () => {
    expect(decode([STREAM])).toEqual(EVENTS);
    expect(decode(bytewise(STREAM))).toEqual(EVENTS);
    for (let at = 0; at <= STREAM.length; at += 1) {
      expect(decode([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(EVENTS);
    }
  });

  it.each([
    [{ exception: 'throttlingException', payload: { message: 'Slow' } }, 429, 'throttlingException', 'Slow'],
    [{ exception: 'validationException', payload: { Message: 'Bad' } }, 400, 'validationException', 'Bad'],
    [{ exception: 'modelStreamErrorException', payload: { message: 'X' } }, 424, 'modelStreamErrorException', 'X'],
    [{ exception: 'serviceUnavailableException', payload: 'down' }, 503, 'serviceUnavailableException', 'down'],
    [{ exception: 'newException', payload: '' }, 500, 'newException', 'newException'],
    [{ error: 'InternalFailure', message: 'Oops' }, 500, 'InternalFailure', 'Oops'],
  ] as const)('reads %j as an error', (message, status, type, text) => {
    expect(decode([awsMessage(message)])).toEqual([{ error: { status, type, message: text } }]);
  });

  it('reports damage once, after what came whole, for every cut', () => {
    const damaged = Buffer.concat([STREAM, STREAM]);
    damaged[STREAM.length + 30] = (damaged[STREAM.length + 30] ?? 0) ^ 1;
    expect(decode([damaged])).toEqual([...EVENTS, DAMAGED]);
    expect(decode(bytewise(damaged))).toEqual([...EVENTS, DAMAGED]);
  });

  it.each([
    ['too large', 0x7fffffff],
    ['too small', 3],
  ])('refuses a length that is %s without waiting for it', (_, length) => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32BE(length);
    expect(decode([bytes])).toEqual([DAMAGED]);
    expect(decode(bytewise(bytes))).toEqual([DAMAGED]);
  });

  it('leaves out a message that never became whole', () => {
    expect(decode([STREAM.subarray(0, STREAM.length - 1)])).toEqual(EVENTS.slice(0, 2));
  });

  it('takes time in proportion to its bytes when a large message comes in small pieces', () => {
    const large = awsMessage({ event: 'x', payload: { text: 'x'.repeat(4_000_000) } });
    const pieces: Buffer[] = [];
    for (let at = 0; at < large.length; at += 100) pieces.push(large.subarray(at, at + 100));
    const start = performance.now();
    expect(decode(pieces)).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
