import type { DialectId, RequestFacts, TranslateContext, TranslateResponseContext } from './api';
import type { NeutralError } from './error-shape';
import type { SseEvent } from './framing/sse';
import type { JsonObject } from './json/read';
import type { Answer, ChatRequest } from './message';
import type { ProofVendor } from './reasoning-proof';
import type { StreamPart } from './stream-part';
import type { Warnings } from './warnings';

/**
 * Everything Outerloop knows about one API. A dialect is one file in `dialects/` that exports it as `dialect`, with a
 * folder of the same name beside it for its codec.
 */
export interface Dialect {
  readonly id: DialectId;
  /** Request paths of this API on our listeners, without query. */
  readonly paths: readonly string[];
  /** For APIs whose paths say what other APIs' bodies say: the model, and whether a stream is wanted. Path without query. */
  readonly matchPath?: (path: string) => PathFacts | undefined;
  /** Facts for routing. Throws GatewayError `invalid_request` when the shape is wrong where we must look. */
  readonly inspect: (body: JsonObject) => RequestFacts;
  /** Body of an error answer in this API's envelope. */
  readonly renderError: (error: NeutralError) => JsonObject;
  /** Whether an error body of an upstream already is this API's envelope, so that its clients may get it as it came. */
  readonly isOwnError?: (body: JsonObject) => boolean;
  /** The event that tells a client in the middle of a stream that no more will come. */
  readonly renderStreamError: (error: NeutralError) => SseEvent;
  /** To and from the neutral model. Absent: this API is passed through and never translated. */
  readonly codec?: DialectCodec;
}

export interface PathFacts {
  readonly model: string;
  readonly stream: boolean;
}

export interface DialectCodec {
  /** Keys whose objects are kept as source text when a body of this API is parsed (see json/raw). */
  readonly rawKeys: ReadonlySet<string>;
  /** Throws GatewayError `invalid_request`. */
  readonly decodeRequest: (body: JsonObject, warnings: Warnings) => ChatRequest;
  /** Throws GatewayError `invalid_request` for what this API cannot say and must not be left out silently. */
  readonly encodeRequest: (request: ChatRequest, context: TranslateContext, warnings: Warnings) => JsonObject;
  /** What of the caller's request its answer must repeat or depends on; plain data, see RenderedRequest.remembered. */
  readonly remember?: (body: JsonObject) => JsonObject | undefined;
  /** Whose marked proofs of reasoning may be sent back to this API; others never see them (see reasoning-proof). */
  readonly readsProofsOf?: ProofVendor;
  /** Longest and allowed form of tool names; others are renamed on the way in and restored on the way out. */
  readonly toolName: RegExp;
  /** Undefined when the body is not an answer of this API. Every field is optional. */
  readonly decodeAnswer: (body: JsonObject) => Answer | undefined;
  readonly encodeAnswer: (answer: Answer, context: TranslateResponseContext) => JsonObject;
  readonly createStreamDecoder: () => StreamDecoder;
  readonly createStreamEncoder: (context: TranslateResponseContext) => StreamEncoder;
}

/** Upstream events to neutral parts; one instance per stream. */
export interface StreamDecoder {
  /** `data` is the parsed JSON of the event. */
  decode(event: { readonly event?: string; readonly data: JsonObject }): readonly StreamPart[];
  /** What was held back until the stream ended in order: APIs without a terminal event tell it by their last chunk. */
  end?(): readonly StreamPart[];
}

/** Neutral parts to events of the client's API; one instance per stream. Never called again after `error` or `done`. */
export interface StreamEncoder {
  encode(part: StreamPart): readonly SseEvent[];
}
