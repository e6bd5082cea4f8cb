import { isObject, type JsonObject } from './json/read';
import { memberText, removeMembers, setJsonMember } from './json/splice';

/** Asks for usage at the end of an OpenAI-style stream (stream_options.include_usage); every other byte stays. */
export function withUsageDemanded(body: Buffer): Buffer {
  const options = Buffer.from(memberText(body, 'stream_options') ?? '{}', 'utf8');
  const isOptions = options[0] === 0x7b;
  const demanded = setJsonMember(isOptions ? options : Buffer.from('{}'), 'include_usage', 'true');
  return setJsonMember(body, 'stream_options', demanded.toString('utf8'));
}

/** More than any event that mentions usage; a longer one is passed on as it comes. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Takes out of an OpenAI-style stream what was not asked for by the caller: the event that only says the usage, and
 * `"usage": null` in the events before it. Every other byte goes out as it came; cuts may fall anywhere.
 */
export class UsageStripper {
  private held: Buffer = NOTHING;
  private searched = 0;

  push(chunk: Buffer): Buffer {
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const pieces: Buffer[] = [];
    for (;;) {
      const end = eventEnd(this.held, this.searched);
      if (end === undefined) break;
      pieces.push(stripped(this.held.subarray(0, end)));
      this.held = this.held.subarray(end);
      this.searched = 0;
    }
    // An end mark may be cut in its middle.
    this.searched = Math.max(0, this.held.length - 3);
    if (this.held.length > MAX_EVENT_BYTES) pieces.push(this.end());
    return pieces.length === 0 ? NOTHING : Buffer.concat(pieces);
  }

  /** What is left of a stream whose last event has no end. */
  end(): Buffer {
    const rest = this.held;
    this.held = NOTHING;
    this.searched = 0;
    return rest.length === 0 ? NOTHING : stripped(rest);
  }
}

/** Offset behind the empty line that ends the first event. */
function eventEnd(bytes: Buffer, from: number): number | undefined {
  const ends = ['\n\n', '\r\n\r\n', '\r\r'].flatMap((mark) => {
    const at = bytes.indexOf(mark, from);
    return at === -1 ? [] : [at + mark.length];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** One event, its end mark included; empty when nothing of it is for the caller. */
function stripped(event: Buffer): Buffer {
  if (!event.includes('"usage"')) return event;
  const start = dataStart(event);
  if (start === undefined) return event;
  const end = lineEnd(event, start);
  const data = event.subarray(start, end);
  const chunk = parsed(data);
  if (chunk === undefined || !('usage' in chunk)) return event;
  const { choices, usage } = chunk;
  if (isObject(usage)) return Array.isArray(choices) && choices.length === 0 ? NOTHING : event;
  if (usage !== null) return event;
  return Buffer.concat([event.subarray(0, start), removeMembers(data, ['usage']), event.subarray(end)]);
}

/** First byte of the JSON in an event whose data is one line, as all of these APIs write it. */
function dataStart(event: Buffer): number | undefined {
  for (let line = 0; line < event.length; line = lineEnd(event, line) + 1) {
    if (event.toString('latin1', line, line + 5) === 'data:') return event[line + 5] === 0x20 ? line + 6 : line + 5;
  }
  return undefined;
}

function lineEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === 0x0a || bytes[at] === 0x0d) return at;
  }
  return bytes.length;
}

function parsed(data: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
