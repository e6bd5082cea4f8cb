/** What broken upstreams send: every API's good answers, errors and streams, damaged. Seeded; a failure shows its input. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { awsMessage, type AwsMessage } from '../../test/fakes/aws-messages';
import { damagedBytes, damagedJson, FUZZ } from '../../test/fakes/mutations';
import { responsesViolations } from '../../test/fakes/responses-conformance';
import { seededRandom, type SeededRandom } from '../../test/fakes/seeded-random';
import { chatViolations, completionsViolations, messagesViolations } from '../../test/fakes/stream-conformance';
import { readStreams, readTables, upstreamModelFor, type WireStream } from '../../test/fakes/wire-cases';
import type { DialectId, TranslateResponseContext, UpstreamApiId } from './api';
import { createResponseTranslator } from './response';
import { findUpstreamApi, translationBetween } from './upstream-registry';

const ANSWER_ROUNDS = 8 * FUZZ.factor;
const STREAM_ROUNDS = 24 * FUZZ.factor;
const MOST_GROWTH = 60;
const MOST_EXTRA_BYTES = 20_000;

function contextOf(
  upstream: UpstreamApiId,
  client: DialectId,
  more: Partial<TranslateResponseContext>,
): TranslateResponseContext {
  return {
    requestModel: 'asked',
    upstreamModel: upstreamModelFor(upstream),
    stream: false,
    includeUsage: true,
    status: 200,
    contentType: undefined,
    answerId: 'id',
    createdSeconds: 1,
    ...more,
    client,
    upstream,
  };
}

function translate(context: TranslateResponseContext, pieces: readonly Buffer[], cut = false): Buffer {
  const translator = createResponseTranslator(context);
  return Buffer.concat([...pieces.map((piece) => translator.push(piece)), translator.end(cut)]);
}

function cutSomewhere(bytes: Buffer, random: SeededRandom): readonly Buffer[] {
  const places = [random.below(bytes.length + 1), random.below(bytes.length + 1)].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, [...places, bytes.length][index]));
}

/** Fails with the input in sight. */
function check(input: Buffer, test: () => void): void {
  try {
    test();
  } catch (reason) {
    throw new Error(`${(reason as Error).stack ?? String(reason)}\ninput: ${input.toString('utf8').slice(0, 4_000)}`, {
      cause: reason,
    });
  }
}

describe.each(['answers', 'errors'] as const)('damaged %s', (kind) => {
  it.each(readTables(kind))('of $from for a client of $to', ({ from, to, cases }) => {
    const random = seededRandom(FUZZ.seed);
    for (const given of cases) {
      const text = typeof given.input === 'string' ? given.input : JSON.stringify(given.input);
      for (let round = 0; round < ANSWER_ROUNDS; round++) {
        const asJson = round % 4 !== 0 && typeof given.input !== 'string';
        const input = asJson ? Buffer.from(damagedJson(given.input, random)) : damagedBytes(Buffer.from(text), random);
        const context = contextOf(from, to, { status: kind === 'errors' ? 500 : 200, ...given.context });
        const isNative = context.status < 300 && from === to;
        check(input, () => {
          const output = translate(context, [input]);
          expect(output.length).toBeLessThan(input.length * MOST_GROWTH + MOST_EXTRA_BYTES);
          if (!isNative && !context.stream) JSON.parse(output.toString('utf8'));
          expect(translate(context, cutSomewhere(input, random)).equals(output)).toBe(true);
        });
      }
    }
  });
});

/** Arguments that a broken upstream never finished stay what they were. */
const TOLERATED = new Set(['arguments are not JSON']);
const RULES: readonly (readonly [DialectId, (text: string) => readonly string[]])[] = [
  ['openai.chat', (text) => chatViolations(text, { includeUsage: true })],
  ['openai.responses', responsesViolations],
  ['openai.completions', (text) => completionsViolations(text, { includeUsage: true })],
  ['anthropic.messages', messagesViolations],
];

/** Events that are lost, doubled, out of order, of the wrong kind; or bytes that are wrong. */
function damagedStream(stream: WireStream, random: SeededRandom): Buffer {
  if (random.below(3) === 0) return damagedBytes(stream.input, random);
  const awsFile = stream.outputFile.replace(/\.out\.sse$/, '.in.aws.json');
  if (existsSync(awsFile)) {
    const messages = JSON.parse(readFileSync(awsFile, 'utf8')) as readonly AwsMessage[];
    return Buffer.concat(shuffled(messages, random).map((message) => awsMessage(wounded(message, random))));
  }
  const events = stream.input.toString('utf8').split(/(?<=\r?\n\r?\n)/);
  return Buffer.from(
    shuffled(events, random)
      .map((event) =>
        event.replace(/^data: ?(\{.*\})\r?$/m, (line, json: string) => `data: ${damagedEvent(line, json, random)}`),
      )
      .join(''),
  );
}

function damagedEvent(line: string, json: string, random: SeededRandom): string {
  if (random.below(3) !== 0) return json;
  try {
    return damagedJson(JSON.parse(json), random);
  } catch {
    return line;
  }
}

function wounded(message: AwsMessage, random: SeededRandom): AwsMessage {
  if (!('event' in message) || random.below(3) !== 0) return message;
  return { event: message.event, payload: damagedJson(message.payload, random) };
}

function shuffled<T>(items: readonly T[], random: SeededRandom): readonly T[] {
  const result = [...items];
  const place = random.below(result.length);
  const [taken] = result.splice(place, 1);
  const kind = random.below(4);
  if (taken !== undefined && kind === 1) result.splice(place, 0, taken, taken);
  if (taken !== undefined && kind === 2) result.splice(random.below(result.length + 1), 0, taken);
  if (taken !== undefined && kind === 3) result.splice(place, 0, taken);
  return result;
}

describe.each(readStreams())('damaged stream of $from: $name ($to)', (stream) => {
  it('is a stream that keeps the rules, for clients of every API', () => {
    const random = seededRandom(FUZZ.seed);
    for (let round = 0; round < STREAM_ROUNDS; round++) {
      const input = damagedStream(stream, random);
      const [client, violations] = random.pick(RULES);
      // What is only framed anew keeps its faults.
      if (translationBetween(client, findUpstreamApi(stream.from, client)).kind === 'native') continue;
      const cut = random.below(4) === 0;
      const context = contextOf(stream.from, client, { stream: true });
      check(input, () => {
        const output = translate(context, [input], cut);
        expect(output.length).toBeLessThan(input.length * MOST_GROWTH + MOST_EXTRA_BYTES);
        expect(violations(output.toString('utf8')).filter((rule) => !TOLERATED.has(rule))).toEqual([]);
        expect(translate(context, cutSomewhere(input, random), cut).equals(output)).toBe(true);
      });
    }
  });
});
