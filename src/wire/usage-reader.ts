import { formOf, framingFor, type BodyForm } from './answer-reader';
import { EventTooLargeError } from './framing/sse';
import type { EventFraming, FramedEvent } from './framing/event-framing';
import { HeldBytes } from './held-bytes';
import { isObject, type JsonObject } from './json/read';
import {
  ANSWER_USAGE,
  BINARY_EVENT_USAGE,
  EVENT_USAGE,
  type UsageKey,
  type UsageNumbers,
  type UsagePath,
} from './usage-paths';

/** A complete answer is held whole; a larger one is not read. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;

/** What an event must contain to be worth parsing: every path goes through a member that says one of these. */
const MENTIONS_USAGE = /[uU]sage/;

/**
 * Reads token counts from an answer in any API, without changing or checking it; fed with arbitrary cuts of the
 * decompressed body. What it cannot read it leaves out.
 */
export class UsageReader {
  private form: BodyForm = 'undecided';
  private framing: EventFraming | undefined;
  private readonly held = new HeldBytes(MAX_JSON_BYTES);
  private readonly numbers: Partial<Record<UsageKey, number>> = {};
  private stopped = false;

  push(chunk: Buffer): void {
    if (this.stopped || chunk.length === 0) return;
    if (this.form === 'undecided') {
      this.form = formOf(chunk);
      this.framing = this.form === 'json' ? undefined : framingFor(this.form);
    }
    if (this.form === 'json') this.held.add(chunk);
    else this.readEvents((framing) => framing.push(chunk));
  }

  /** The counts so far; a stream that was cut has those of its earlier events. */
  end(): UsageNumbers {
    if (this.stopped) return this.numbers;
    if (this.form === 'json' && !this.held.overflowed) this.readJson(this.held.all().toString('utf8'), ANSWER_USAGE);
    else this.readEvents((framing) => framing.end());
    this.stopped = true;
    return this.numbers;
  }

  private readEvents(next: (framing: EventFraming) => readonly FramedEvent[]): void {
    if (this.framing === undefined) return;
    try {
      const paths = this.form === 'aws-events' ? [...EVENT_USAGE, ...BINARY_EVENT_USAGE] : EVENT_USAGE;
      for (const event of next(this.framing)) {
        if ('data' in event && MENTIONS_USAGE.test(event.data)) this.readJson(event.data, paths);
      }
    } catch (reason) {
      if (!(reason instanceof EventTooLargeError)) throw reason;
      this.stopped = true;
    }
  }

  private readJson(text: string, paths: readonly UsagePath[]): void {
    const root = parsed(text);
    if (root === undefined) return;
    for (const { key, path } of paths) {
      const value = valueAt(root, path);
      if (typeof value === 'number') this.numbers[key] = value;
    }
  }
}

function valueAt(root: JsonObject, path: string): unknown {
  let value: unknown = root;
  for (const step of path.split('.')) {
    if (!isObject(value)) return undefined;
    value = value[step];
  }
  return value;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // A JSON array holds the events of a stream; the last one has the counts.
    const root: unknown = Array.isArray(value) ? value.at(-1) : value;
    return isObject(root) ? root : undefined;
  } catch {
    return undefined;
  }
}
