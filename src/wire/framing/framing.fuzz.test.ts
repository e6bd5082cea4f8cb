/** Both framings on damaged bytes: never an exception but the documented one, and the same events for every cut. */
import { describe, expect, it } from '@jest/globals';
import { awsMessage } from '../../../test/fakes/aws-messages';
import { damagedBytes, FUZZ } from '../../../test/fakes/mutations';
import { seededRandom } from '../../../test/fakes/seeded-random';
import { AwsEventStreamDecoder } from './aws-event-stream';
import type { EventFraming, FramedEvent } from './event-framing';
import { EventTooLargeError, MAX_EVENT_CHARACTERS, SseDecoder } from './sse';

const ROUNDS = 400 * FUZZ.factor;

const SSE = Buffer.from(
  '\ufeff: hello\nevent: a\ndata: {"t":"é 世界 🚄"}\nid: 7\nretry: 10\n\n' +
    'data:one\r\ndata: two\r\n\r\nevent\ndata\n\ndata: x\r\rfield without colon\n\n: ping\n\ndata: [DONE]\n\n',
);
const AWS = Buffer.concat([
  awsMessage({ event: 'messageStart', payload: { role: 'assistant' } }),
  awsMessage({ chunk: { type: 'message_start' } }),
  awsMessage({ event: 'contentBlockDelta', payload: { delta: { text: '世界' } } }),
  awsMessage({ exception: 'throttlingException', payload: { message: 'slow' } }),
]);

function read(framing: EventFraming, pieces: readonly Buffer[]): readonly FramedEvent[] {
  return [...pieces.flatMap((piece) => framing.push(piece)), ...framing.end()];
}

function bytewise(bytes: Buffer): readonly Buffer[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
}

const FRAMINGS: readonly (readonly [string, Buffer, () => EventFraming])[] = [
  ['server-sent events', SSE, () => new SseDecoder()],
  ['the AWS event stream', AWS, () => new AwsEventStreamDecoder()],
];

describe.each(FRAMINGS)('%s', (_, good, create) => {
  it('gives the same events of damaged bytes, in one piece and byte by byte', () => {
    const random = seededRandom(FUZZ.seed);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = damagedBytes(good, random);
      const whole = read(create(), [bytes]);
      const cut = read(create(), bytewise(bytes));
      if (JSON.stringify(whole) !== JSON.stringify(cut))
        expect({ bytes: bytes.toString('latin1'), cut }).toEqual({ whole });
    }
  });

  it('survives bytes without any sense', () => {
    const random = seededRandom(FUZZ.seed);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
      expect(JSON.stringify(read(create(), bytewise(bytes)))).toBe(JSON.stringify(read(create(), [bytes])));
    }
  });
});

it('a server-sent event without an end is refused before it fills memory', () => {
  const decoder = new SseDecoder();
  const piece = Buffer.alloc(1024 * 1024, 'x');
  decoder.push(Buffer.from('data: '));
  let pushed = 0;
  expect(() => {
    for (; pushed < 4 * MAX_EVENT_CHARACTERS; pushed += piece.length) decoder.push(piece);
  }).toThrow(EventTooLargeError);
  expect(pushed).toBeLessThanOrEqual(MAX_EVENT_CHARACTERS + piece.length);
});

it('an AWS message that claims to be huge is damage at once', () => {
  const decoder = new AwsEventStreamDecoder();
  expect(decoder.push(Buffer.from([0x7f, 0xff, 0xff, 0xff]))).toMatchObject([
    { error: { message: expect.any(String) } },
  ]);
  expect(decoder.push(Buffer.alloc(1024))).toEqual([]);
});
