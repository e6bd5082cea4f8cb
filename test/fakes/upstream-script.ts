/**
 * How a test tells the fake upstream what to do.
 *
 * Steering, first match per setting: scripts queued with `next()`, request headers `x-fake-*`, a suffix of the model name
 * (gateways strip headers, models always arrive), the script given at start.
 *
 * | Setting       | Header                  | Model suffix                |
 * |---------------|-------------------------|-----------------------------|
 * | status        | x-fake-status: 503      | …-status503                 |
 * | delayMs       | x-fake-delay-ms: 200    | …-delay200                  |
 * | events        | x-fake-stream-events: 9 | …-events9                   |
 * | eventDelayMs  | x-fake-event-delay-ms: 5| …-eventdelay5               |
 * | bodyBytes     | x-fake-body-bytes: 1024 | …-bytes1024                 |
 * | chunkBytes    | x-fake-chunk-bytes: 3   | …-chunk3                    |
 * | retryAfter    | x-fake-retry-after: 2   | …-retryafter2               |
 * | mode          | x-fake-mode: reset      | …-reset (any FakeMode)      |
 *
 * Suffixes add up: `gpt-4o-status503-delay200`.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Longest first: `hang` must not win over `hang-after-headers`. */
const MODES = [
  'hang-after-headers', // headers and the first event, then nothing
  'not-json', // 200 with a page instead of JSON
  'garbage', // bytes that are not HTTP
  'refuse', // closes the connection without an answer
  'empty', // 200 without a body
  'tools', // two calls at once, whatever the request offers
  'reset', // TCP reset without an answer
  'gzip', // a good answer, compressed
  'hang', // no answer at all
  'tool', // a good answer that calls the request's first tool
  'cut', // half of a good answer, then the connection breaks
  'ok',
] as const;
export type FakeMode = (typeof MODES)[number];

export interface FakeScript {
  readonly mode?: FakeMode;
  readonly status?: number;
  readonly delayMs?: number;
  readonly events?: number;
  readonly eventDelayMs?: number;
  readonly bodyBytes?: number;
  /** Writes the body in pieces of this size, across events and characters. */
  readonly chunkBytes?: number;
  /** Seconds, as the retry-after header. */
  readonly retryAfter?: number;
  readonly text?: string;
  /** Sent with the answer; they win over the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body, whatever the API. */
  readonly body?: string | Buffer;
}

type NumberSetting = 'status' | 'delayMs' | 'events' | 'eventDelayMs' | 'bodyBytes' | 'chunkBytes' | 'retryAfter';
const NUMBERS: readonly { readonly setting: NumberSetting; readonly header: string; readonly suffix: string }[] = [
  { setting: 'status', header: 'x-fake-status', suffix: 'status' },
  { setting: 'delayMs', header: 'x-fake-delay-ms', suffix: 'delay' },
  { setting: 'events', header: 'x-fake-stream-events', suffix: 'events' },
  { setting: 'eventDelayMs', header: 'x-fake-event-delay-ms', suffix: 'eventdelay' },
  { setting: 'bodyBytes', header: 'x-fake-body-bytes', suffix: 'bytes' },
  { setting: 'chunkBytes', header: 'x-fake-chunk-bytes', suffix: 'chunk' },
  { setting: 'retryAfter', header: 'x-fake-retry-after', suffix: 'retryafter' },
];

/** The settings in `x-fake-*` headers. */
export function readHeaders(headers: IncomingHttpHeaders): FakeScript {
  const numbers = NUMBERS.filter(({ header }) => headers[header] !== undefined).map(({ setting, header }) => [
    setting,
    Number(headers[header]),
  ]);
  const mode = MODES.find((known) => known === headers['x-fake-mode']);
  return { ...(Object.fromEntries(numbers) as FakeScript), ...(mode === undefined ? {} : { mode }) };
}

/** Takes known suffixes off the end of the model name, one by one. */
export function readModelSuffix(model: string): FakeScript {
  let rest = model;
  let script: FakeScript = {};
  for (;;) {
    const mode = MODES.find((known) => rest.endsWith(`-${known}`));
    const number = /-([a-z]+)(\d+)$/.exec(rest);
    const setting = NUMBERS.find(({ suffix }) => suffix === number?.[1])?.setting;
    if (mode !== undefined) {
      script = { ...script, mode };
      rest = rest.slice(0, -mode.length - 1);
    } else if (number !== null && setting !== undefined) {
      script = { ...script, [setting]: Number(number[2]) };
      rest = rest.slice(0, number.index);
    } else return script;
  }
}
