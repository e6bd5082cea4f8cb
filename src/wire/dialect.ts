import type { DialectId, RequestFacts } from './api';
import type { NeutralError } from './error-shape';
import type { JsonObject } from './json/read';
import type { SseEvent } from './framing/sse';

/** Everything Outerloop knows about one API. A dialect is one file in `dialects/` (with a folder beside it when long). */
export interface Dialect {
  readonly id: DialectId;
  /** Request paths of this API on our listeners, without query. */
  readonly paths: readonly string[];
  /** Facts for routing. Throws GatewayError `invalid_request` when the shape is wrong where we must look. */
  readonly inspect: (body: JsonObject) => RequestFacts;
  /** Body of an error answer in this API's envelope. */
  readonly renderError: (error: NeutralError) => JsonObject;
  /** The event that tells a client in the middle of a stream that no more will come. */
  readonly renderStreamError: (error: NeutralError) => SseEvent;
}
