import type { TranslateResponseContext } from './api';
import type { DialectCodec, StreamDecoder } from './dialect';
import { neutralError, type NeutralError } from './error-shape';
import { GatewayError } from './errors';
import { AwsEventStreamDecoder } from './framing/aws-event-stream';
import type { EventFraming, FramedEvent } from './framing/event-framing';
import { EventTooLargeError, SseDecoder, type SseEvent } from './framing/sse';
import { bodyText, parseAnswerBody } from './json/body';
import { documentStart, elementSpans } from './json/scan';
import { parseJson } from './json/raw';
import { isObject, type JsonObject } from './json/read';
import type { Answer } from './message';
import type { StreamPart } from './stream-part';
import { restoreAnswer, restorePart, type ToolNameMap } from './tool-names';
import { isErrorBody, readUpstreamError, statusInBody } from './upstream-error';

const NO_PARTS: readonly StreamPart[] = [];

/** Status for an error that an upstream hides behind a 200. */
const HIDDEN_ERROR_STATUS = 502;

const MAX_REMEMBERED_CHARACTERS = 32 * 1024 * 1024;

/** First byte that says what a body is: byte order marks and whitespace say nothing. */
export type BodyForm = 'json' | 'events' | 'aws-events' | 'undecided';

/** The bytes decide: content types of upstreams lie. An AWS message starts with its length, whose first byte is zero. */
export function formOf(bytes: Buffer): BodyForm {
  for (const byte of bytes) {
    if (byte === 0) return 'aws-events';
    if (byte === 0x7b || byte === 0x5b) return 'json';
    const saysNothing = byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (!saysNothing) return 'events';
  }
  return 'undecided';
}

/** A JSON array instead of an object: a stream whose events were not asked for as such. */
export function isCompleteArray(body: Buffer): boolean {
  if (body[documentStart(body)] !== 0x5b) return false;
  try {
    return Array.isArray(JSON.parse(bodyText(body)));
  } catch {
    return false;
  }
}

/** A complete JSON answer to the neutral model, or to the error that it is. */
export function readJsonAnswer(
  body: Buffer,
  codec: DialectCodec,
  context: TranslateResponseContext,
): Answer | NeutralError {
  const parsed = parseAnswerBody(body, codec.rawKeys);
  const answer = parsed === undefined ? undefined : codec.decodeAnswer(parsed);
  if (answer !== undefined) return restoreAnswer(answer, context.toolNames);
  if (parsed !== undefined && isErrorBody(parsed)) {
    return readUpstreamError(statusInBody(parsed) ?? HIDDEN_ERROR_STATUS, body, context.responseHeaders);
  }
  return unreadable();
}

export function isError(result: Answer | NeutralError): result is NeutralError {
  return 'message' in result;
}

export function malformed(message: string): NeutralError {
  return neutralError(new GatewayError('upstream_malformed', message));
}

export function cutShort(): NeutralError {
  return neutralError(new GatewayError('upstream_reset', 'The upstream ended its answer before it was complete.'));
}

function unreadable(): NeutralError {
  return malformed('The answer of the upstream could not be read.');
}

/** Upstream stream bytes to neutral parts, up to and including the first `done` or `error`. */
export class StreamReader {
  private framing: EventFraming | undefined;
  private readonly decoder: StreamDecoder;
  private hasFinish = false;
  private sawPart = false;
  private rememberedCharacters = 0;
  private closed = false;

  constructor(
    codec: DialectCodec,
    private readonly toolNames: ToolNameMap | undefined,
    private readonly rawKeys: ReadonlySet<string> = codec.rawKeys,
  ) {
    this.decoder = codec.createStreamDecoder();
  }

  push(chunk: Buffer): readonly StreamPart[] {
    if (this.closed) return NO_PARTS;
    this.framing ??= framingFor(formOf(chunk));
    // Nothing but whitespace so far.
    if (this.framing === undefined) return NO_PARTS;
    const { framing } = this;
    return this.guarded(() => this.readAll(framing.push(chunk)));
  }

  /** Events that came as one JSON array (Gemini without alt=sse). */
  pushArray(body: Buffer): readonly StreamPart[] {
    const elements = elementSpans(body, documentStart(body));
    return this.readAll(elements.map(({ start, end }) => ({ data: body.toString('utf8', start, end) })));
  }

  /**
   * What the end of the body adds. A stream that ends in order after its finish reason is complete even without the
   * terminal event, which some hosts leave out; anything else is an answer cut short, and must not look whole.
   */
  end(cut: boolean): readonly StreamPart[] {
    if (this.closed) return NO_PARTS;
    const read = this.guarded(() => this.readLast(this.framing?.end() ?? []));
    if (this.closed) return read;
    const last = cut ? read : [...read, ...this.accepted(this.decoder.end?.() ?? NO_PARTS)];
    this.closed = true;
    if (this.hasFinish && !cut) return [...last, { type: 'done' }];
    const isUnread = !this.sawPart && !cut;
    return [...last, { type: 'error', error: isUnread ? unreadable() : cutShort() }];
  }

  private readAll(events: readonly FramedEvent[]): readonly StreamPart[] {
    const parts: StreamPart[] = [];
    for (const event of events) {
      if (this.closed) break;
      const read: readonly StreamPart[] = 'error' in event ? [{ type: 'error', error: event.error }] : this.read(event);
      // One event may hold very many: more than a call takes arguments.
      for (const part of this.accepted(read)) parts.push(part);
    }
    return parts;
  }

  /** Parts up to the one that ends the stream. */
  private accepted(read: readonly StreamPart[]): readonly StreamPart[] {
    const parts: StreamPart[] = [];
    for (const part of read) {
      if (!this.staysBounded(part)) {
        this.closed = true;
        parts.push({ type: 'error', error: malformed('The answer of the upstream is too large.') });
        break;
      }
      parts.push(restorePart(part, this.toolNames));
      this.sawPart = true;
      if (part.type === 'finish') this.hasFinish = true;
      if (part.type === 'error' || part.type === 'done') {
        this.closed = true;
        break;
      }
    }
    return parts;
  }

  /** An event without the empty line behind it counts when it is whole. */
  private readLast(events: readonly FramedEvent[]): readonly StreamPart[] {
    const isWhole = (event: FramedEvent): boolean =>
      'error' in event || event.data === '[DONE]' || parsedObject(event.data) !== undefined;
    return this.readAll(events.filter(isWhole));
  }

  private read(event: SseEvent): readonly StreamPart[] {
    const text = event.data.trim();
    if (text === '') return NO_PARTS;
    if (text === '[DONE]') return [...(this.decoder.end?.() ?? NO_PARTS), { type: 'done' }];
    const data = parsedObject(text, this.rawKeys);
    if (data === undefined)
      return [{ type: 'error', error: malformed('The upstream sent an event that is not JSON.') }];
    return this.decoder.decode(event.event === undefined ? { data } : { event: event.event, data });
  }

  private guarded(read: () => readonly StreamPart[]): readonly StreamPart[] {
    try {
      return read();
    } catch (reason) {
      if (!(reason instanceof EventTooLargeError)) throw reason;
      this.closed = true;
      return [{ type: 'error', error: malformed('The upstream sent an event that is too large.') }];
    }
  }

  /** Tool arguments and reasoning are remembered by encoders; an upstream must not be able to fill memory with them. */
  private staysBounded(part: StreamPart): boolean {
    if (part.type === 'tool-arguments' || part.type === 'reasoning') this.rememberedCharacters += part.text.length;
    return this.rememberedCharacters <= MAX_REMEMBERED_CHARACTERS;
  }
}

/** Undefined while nothing but whitespace came. */
export function framingFor(form: BodyForm): EventFraming | undefined {
  if (form === 'undecided') return undefined;
  return form === 'aws-events' ? new AwsEventStreamDecoder() : new SseDecoder();
}

function parsedObject(text: string, rawKeys?: ReadonlySet<string>): JsonObject | undefined {
  try {
    const value = parseJson(text, rawKeys);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
