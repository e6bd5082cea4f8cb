import type { DialectId, HeaderMap, TranslateContext, TranslateResponseContext, UpstreamApiId } from './api';
import type { JsonObject } from './json/read';
import type { Warnings } from './warnings';

/*
 * How to add an upstream API: write a row in `upstream-apis/` (one file per API or family, exporting `upstreamApis`), add
 * its id to UpstreamApiId in api.ts, run `npm run gen`. A chat API with a spelling of its own (Converse, generateContent)
 * is a dialect in `dialects/` first; its row then says path, headers and wrapping. An API that serves one kind of
 * client only (embeddings, rerank) has no dialect but `direct` functions from and to that client's bodies.
 * The same id may have several rows for several clients (messages and count_tokens on Vertex): `clients` tells them apart.
 */

/** What stands between a dialect and one upstream that speaks it. */
export interface UpstreamApi {
  readonly id: UpstreamApiId;
  /** Client APIs that this row serves; absent: every one that can be translated to `dialect`. */
  readonly clients?: readonly DialectId[];
  /** Dialect of its bodies. Absent: `direct` translates whole bodies. */
  readonly dialect?: DialectId;
  /** Translation without the neutral model, by client API. */
  readonly direct?: Readonly<Partial<Record<DialectId, DirectTranslation>>>;
  /** Path and query from the root of the API's host. Throws GatewayError `invalid_request` for impossible model names. */
  readonly path: (context: TranslateContext) => string;
  /** Headers that every call must have, beside credentials; a caller's header of the same name goes first. */
  readonly headers?: (context: TranslateContext) => HeaderMap;
  /** What happens to the top-level `model` of the body: it is set to the upstream's, taken out, or none of our business. */
  readonly model: 'set' | 'removed' | 'untouched';
  /**
   * Last step of a request: the wrapping around the dialect, on the bytes, so that what is not touched stays as it came.
   * The body is a JSON object that a parser has accepted. `isNative`: it comes from a client of the same dialect and was
   * not rebuilt.
   */
  readonly adaptRequest?: (body: Buffer, context: TranslateContext & { readonly isNative: boolean }) => Buffer;
  /**
   * Streams arrive in another framing than the dialect's server-sent events and must be rewritten even for clients of
   * the same dialect. (Readers look at the bytes and accept either.)
   */
  readonly framing?: 'aws-event-stream';
}

/** Request and buffered answer between one client API and one upstream API. */
export interface DirectTranslation {
  /** Throws GatewayError `invalid_request` for what the upstream cannot do. */
  readonly request: (body: JsonObject, context: TranslateContext, warnings: Warnings) => JsonObject;
  /** What of the caller's request `answer` finds again as `context.remembered`. */
  readonly remember?: (body: JsonObject) => JsonObject | undefined;
  /** Throws GatewayError `upstream_malformed`. */
  readonly answer: (body: JsonObject, context: TranslateResponseContext) => JsonObject;
}
