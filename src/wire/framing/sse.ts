import { createParser } from 'eventsource-parser';
import type { EventFraming } from './event-framing';

/** One server-sent event. `event` is absent for the default type. */
export interface SseEvent {
  readonly event?: string;
  readonly data: string;
}

/** Largest event (and longest unfinished line) that is accepted: an upstream that never ends a line must not fill memory. */
export const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/** Wire text of an event; `data` must be one line, which JSON text always is. */
export function printSse(event: SseEvent): string {
  return event.event === undefined ? `data: ${event.data}\n\n` : `event: ${event.event}\ndata: ${event.data}\n\n`;
}

/** Thrown when an event grows beyond MAX_EVENT_CHARACTERS. */
export class EventTooLargeError extends Error {
  constructor() {
    super(`a server-sent event is larger than ${MAX_EVENT_CHARACTERS} characters`);
    this.name = 'EventTooLargeError';
  }
}

/**
 * Bytes to events. Cuts may fall anywhere: inside a UTF-8 character, between CR and LF, inside a field name.
 * Lines end with LF, CR or CRLF; a byte order mark and comments are skipped.
 */
export class SseDecoder implements EventFraming {
  private readonly text = new TextDecoder('utf-8');
  private readonly parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => this.events.push(event === undefined ? { data } : { event, data }),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') this.overflowed = true;
    },
  });
  private events: SseEvent[] = [];
  private overflowed = false;

  /** Events that these bytes complete. Throws EventTooLargeError. */
  push(chunk: Buffer): readonly SseEvent[] {
    return this.feed(this.text.decode(chunk, { stream: true }));
  }

  /** The last event, when the stream ended without the empty line behind it. */
  end(): readonly SseEvent[] {
    return this.feed(`${this.text.decode()}\n\n`);
  }

  private feed(text: string): readonly SseEvent[] {
    if (this.overflowed) throw new EventTooLargeError();
    this.parser.feed(text);
    const events = this.events;
    this.events = [];
    // The parser only measures what it has to hold; an event that came in one piece is measured here.
    const limit = events.findIndex((event) => event.data.length > MAX_EVENT_CHARACTERS);
    if (limit === -1 && !(this.overflowed && events.length === 0)) return events;
    this.overflowed = true;
    if (limit <= 0) throw new EventTooLargeError();
    return events.slice(0, limit);
  }
}
