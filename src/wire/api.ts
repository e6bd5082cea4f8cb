/**
 * What the rest of Outerloop knows about wire formats. Bytes in, bytes out; pure (no clock, no I/O).
 * One file per API lives in `dialects/`; everything that depends on an API's spelling is behind this page.
 */
import type { BodyQuirks } from './body-quirks';
import type { GatewayError } from './errors';

/** How bodies are spelled. A client calls one of these; some only upstreams speak (bedrock.converse, cohere.chat). */
export type DialectId =
  | 'openai.chat'
  | 'openai.responses'
  | 'openai.completions'
  | 'openai.embeddings'
  | 'openai.images'
  | 'openai.audio.speech'
  | 'anthropic.messages'
  | 'anthropic.count_tokens'
  | 'gemini.generate'
  | 'cohere.chat'
  | 'cohere.rerank'
  | 'bedrock.converse';

/**
 * APIs as an upstream offers them: a dialect at its home, or a dialect in a cloud's wrapping (other path, other members
 * beside the dialect's, other framing of streams). One row each in `upstream-apis/`.
 */
export type UpstreamApiId =
  | DialectId
  | 'azure.openai.chat'
  | 'azure.openai.responses'
  | 'azure.openai.embeddings'
  | 'bedrock.invoke.anthropic'
  | 'bedrock.invoke.titan-embed'
  | 'bedrock.invoke.cohere-embed'
  | 'bedrock.invoke.nova-embed'
  | 'bedrock.rerank'
  | 'bedrock.count_tokens'
  | 'vertex.gemini'
  | 'vertex.anthropic'
  | 'vertex.predict-embed'
  | 'vertex.embed-content'
  | 'vertex.rank';

/** Header names in lower case; several values of one name joined by comma. */
export type HeaderMap = Readonly<Record<string, string>>;

/** What a request says, without keeping a parsed copy of it. Bounded: texts are clipped to MAX_FACT_TEXT characters each. */
export interface RequestFacts {
  readonly dialect: DialectId;
  /** Absent when the request names no model (missing, null or empty string). */
  readonly model?: string;
  readonly stream: boolean;
  /** openai.chat: stream_options.include_usage. */
  readonly includeUsage: boolean;
  /** The last messages that carry text, oldest first: at most MAX_FACT_MESSAGES, user/assistant/system/tool text parts joined by newline. */
  readonly conversation: readonly { readonly role: string; readonly text: string }[];
  readonly messageCount: number;
}

export const MAX_FACT_TEXT = 32_768;
export const MAX_FACT_MESSAGES = 16;

export interface TranslateContext {
  /** Model name the client asked for; responses report it as the upstream names it unless told otherwise. */
  readonly requestModel: string;
  /** Model id to send upstream. */
  readonly upstreamModel: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** OpenAI-style streams of the caller's own API: ask for usage although the caller does not (see UsageStripper). */
  readonly demandUsage?: boolean;
  /** max_tokens when the target API demands one and the request has none. */
  readonly defaultMaxTokens?: number;
  /** The caller's headers, as far as they change the upstream's body (anthropic-beta, …). */
  readonly requestHeaders?: HeaderMap;
  /** Where a cloud runs the model: `us-east-1`, `global`. */
  readonly region?: string;
  /** Google Cloud project. */
  readonly project?: string;
  /** Azure: `v1`, `preview` or a date. */
  readonly apiVersion?: string;
  /** Vendor behind an API that many speak (`mistral`, `groq`). */
  readonly upstreamVendor?: string;
  /** How that vendor's spelling of the dialect differs. */
  readonly quirks?: BodyQuirks;
}

export interface RenderedRequest {
  /** Same Buffer instance as the input when nothing had to change. */
  readonly body: Buffer;
  /** What could not be carried over, one short sentence each; shown in x-outerloop-warnings. */
  readonly warnings: readonly string[];
  /** Tools that had to be renamed: name sent upstream to the caller's name. Hand it on to TranslateResponseContext. */
  readonly toolNames?: Readonly<Record<string, string>>;
  /** What the answer will need of the caller's request (plain data). Hand it on to TranslateResponseContext. */
  readonly remembered?: Readonly<Record<string, unknown>>;
  /** Path and query of the call, from the root of the API's usual host. Vendors of one dialect may put it elsewhere (`providers`). */
  readonly path?: string;
  /** Headers that the API demands, beside credentials. */
  readonly headers?: HeaderMap;
}

/** An assistant answer to put into a chat request before its last user message (agent sequences). */
export interface EarlierAnswer {
  readonly name: string;
  readonly text: string;
}

/**
 * All request work of one body. Two implementations behave the same: inline (small bodies) and worker thread (large ones).
 * Every method throws GatewayError (`invalid_json`, `invalid_request`, `unsupported_translation`) for bad input.
 */
export interface RequestWire {
  /** Validates the JSON and reads what routing needs. */
  inspect(dialect: DialectId, body: Buffer): Promise<RequestFacts>;
  /**
   * Renders the original body for an upstream. Same dialect: splices the raw JSON (model, and what a cloud's wrapping
   * demands; byte-exact otherwise). Other dialect: through the neutral model.
   */
  render(from: DialectId, to: UpstreamApiId, body: Buffer, context: TranslateContext): Promise<RenderedRequest>;
  /** Puts earlier agents' answers (assistant messages with `name`) before the last user message of an openai.chat body; byte-exact otherwise. */
  withEarlierAnswers(body: Buffer, answers: readonly EarlierAnswer[]): Promise<Buffer>;
}

/** Turns an upstream's answer into the client's dialect, fed with arbitrary cuts of the (already decompressed) body. */
export interface ResponseTranslator {
  /** content-type of what push/end return. */
  readonly contentType: string;
  /** Status to show to the client (kept from upstream). */
  readonly status: number;
  push(chunk: Buffer): Buffer;
  /** Flushes; called exactly once. `cut` is true when the upstream connection broke before its end. */
  end(cut: boolean): Buffer;
}

export interface TranslateResponseContext extends TranslateContext {
  readonly client: DialectId;
  readonly upstream: UpstreamApiId;
  readonly status: number;
  /** Upstream's content-type header, as received; upstreams lie, so the bytes decide in doubt. */
  readonly contentType: string | undefined;
  /** From RenderedRequest of the attempt that was answered; restores the caller's tool names. */
  readonly toolNames?: Readonly<Record<string, string>>;
  /** From RenderedRequest of the attempt that was answered. */
  readonly remembered?: Readonly<Record<string, unknown>>;
  /** Id for answers whose upstream gives none, e.g. the exchange's own. */
  readonly answerId?: string;
  /** Unix time for answers whose upstream gives none (`created` of OpenAI's chat). */
  readonly createdSeconds?: number;
  /** The upstream's headers: error types, token counts and request ids travel there on some clouds. */
  readonly responseHeaders?: HeaderMap;
}

export interface RenderedError {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface WireErrors {
  /** An error of ours in the caller's API shape. Message = what + hint. */
  render(client: DialectId, error: GatewayError): RenderedError;
}
