/**
 * What the pipeline may ask Envoy to do. `extproc` accepts nothing else, and knows how each form is spelled in protobuf.
 */
import type { UsageNumbers } from '../wire/usage-paths';

/** Header names are lower case; names in `remove` are applied before `set`. */
export interface HeaderChanges {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** An answer made in the sidecar; ends the request. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Short machine word for Envoy's access log (RESPONSE_CODE_DETAILS). */
  readonly details: string;
}

/** Whom an attempt asks, as metrics and logs name it. */
export interface Answerer {
  /** `openai` of `openai/gpt-4o`. */
  readonly provider: string;
  /** Model id sent upstream. */
  readonly model: string;
  /** API the upstream speaks; says how it counts tokens. */
  readonly api: string;
}

/** The request goes on to the ordered clusters: the first attempt to the first one, each retry to the next. */
export interface Forward {
  readonly kind: 'forward';
  readonly headers: HeaderChanges;
  /** Absent: the body stays as the client sent it. content-length follows the body by itself. */
  readonly body?: Buffer;
  readonly clusters: readonly string[];
  /** Of the first attempt; absent where no model is asked. */
  readonly answerer?: Answerer;
}

/** What an attempt stream answers: everything for this candidate, absolute, whatever an earlier attempt left behind. */
export interface AttemptRendering {
  readonly headers: HeaderChanges;
  readonly body: Buffer;
  readonly answerer?: Answerer;
}

/** Response goes to the client as the upstream sent it, apart from headers. */
export interface PassResponse {
  readonly kind: 'pass';
  readonly headers: HeaderChanges;
}

/** Response body is rewritten while it streams. */
export interface RewriteResponse {
  readonly kind: 'rewrite';
  readonly headers: HeaderChanges;
  /**
   * Called in order with arbitrary cuts; what it returns goes to the client. `end` is true once, with the last bytes
   * (possibly none).
   */
  readonly rewrite: (chunk: Buffer, end: boolean) => Promise<Buffer>;
  /** After the last byte: token counts that Envoy could not read itself. */
  readonly usage?: () => UsageNumbers;
  /**
   * The body is wanted in one piece and the headers wait for it: after `rewrite`, this is the status to send (an upstream
   * that says 200 and sends nonsense). Absent: headers leave first, the body streams.
   */
  readonly statusAfter?: () => number;
}

export type RequestOutcome = Forward | Reply;
export type ResponseOutcome = PassResponse | RewriteResponse;

export const NO_HEADER_CHANGES: HeaderChanges = { set: {}, remove: [] };
