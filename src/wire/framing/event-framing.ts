import type { NeutralError } from '../error-shape';
import type { SseEvent } from './sse';

/** One event of a stream, or an error that the framing itself reports (exceptions, damage); nothing follows it. */
export type FramedEvent = SseEvent | { readonly error: NeutralError };

/** Bytes of a stream to its events; cuts may fall anywhere. One instance per stream. */
export interface EventFraming {
  /** Events that these bytes complete, up to an error. Throws EventTooLargeError (SSE). */
  push(chunk: Buffer): readonly FramedEvent[];
  /** What was complete but for its end mark. */
  end(): readonly FramedEvent[];
}
