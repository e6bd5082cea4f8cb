import { cutShort, framingFor, formOf, malformed } from './answer-reader';
import type { ResponseTranslator, TranslateResponseContext } from './api';
import { findDialect } from './dialect-registry';
import type { NeutralError } from './error-shape';
import type { EventFraming, FramedEvent } from './framing/event-framing';
import { EventTooLargeError, printSse } from './framing/sse';
import { asString, isObject } from './json/read';

const NOTHING = Buffer.alloc(0);

/** The event after which nothing comes, in the APIs that clouds wrap. */
const LAST_EVENT = 'message_stop';

/**
 * A stream of the caller's own API in a cloud's framing: every event stays as it was and is only framed anew. (A proxy
 * between may have made server-sent events of it already; the bytes decide.)
 */
export class ReframedAnswer implements ResponseTranslator {
  readonly contentType = 'text/event-stream';
  readonly status: number;
  private framing: EventFraming | undefined;
  private isClosed = false;

  constructor(private readonly context: TranslateResponseContext) {
    this.status = context.status;
  }

  push(chunk: Buffer): Buffer {
    this.framing ??= framingFor(formOf(chunk));
    return this.framing === undefined ? NOTHING : this.read(this.framing, chunk);
  }

  /** A stream that stops before its last event is cut, even when the connection ended in order. */
  end(): Buffer {
    const last = this.print(this.framing?.end() ?? []);
    return this.isClosed ? last : Buffer.concat([last, Buffer.from(this.printError(cutShort()), 'utf8')]);
  }

  private read(framing: EventFraming, chunk: Buffer): Buffer {
    try {
      return this.print(framing.push(chunk));
    } catch (reason) {
      if (!(reason instanceof EventTooLargeError) || this.isClosed) return NOTHING;
      return Buffer.from(this.printError(malformed('The upstream sent an event that is too large.')), 'utf8');
    }
  }

  private print(events: readonly FramedEvent[]): Buffer {
    let text = '';
    for (const event of events) {
      if (this.isClosed) break;
      text += 'error' in event ? this.printError(event.error) : this.printEvent(event.data);
    }
    return text === '' ? NOTHING : Buffer.from(text, 'utf8');
  }

  private printEvent(data: string): string {
    const parsed = parse(data);
    if (!isObject(parsed)) return this.printError(malformed('The upstream sent an event that is not JSON.'));
    const type = asString(parsed['type']);
    if (type === LAST_EVENT || type === 'error') this.isClosed = true;
    // Only JSON with line breaks would need them folded, and every line break in JSON is whitespace.
    const line = data.replace(/[\r\n]+/g, ' ');
    return printSse(type === undefined ? { data: line } : { event: type, data: line });
  }

  private printError(error: NeutralError): string {
    this.isClosed = true;
    return printSse(findDialect(this.context.client).renderStreamError(error));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
