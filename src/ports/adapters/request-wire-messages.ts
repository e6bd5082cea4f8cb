/** What the request-wire thread and its owner say to each other. Bodies travel by transfer, never by copy. */
import type {
  DialectId,
  EarlierAnswer,
  RenderedRequest,
  RequestFacts,
  TranslateContext,
  UpstreamApiId,
} from '../../wire/api';
import type { ErrorCode, GatewayErrorOptions } from '../../wire/errors';

export type WireWork =
  | { readonly kind: 'inspect'; readonly dialect: DialectId }
  | {
      readonly kind: 'render';
      readonly from: DialectId;
      readonly to: UpstreamApiId;
      readonly context: TranslateContext;
    }
  | { readonly kind: 'earlier-answers'; readonly answers: readonly EarlierAnswer[] };

export interface WireRequest {
  readonly id: number;
  readonly work: WireWork;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** `body` is absent when the request's own bytes are the result. */
export interface WireResult {
  readonly facts?: RequestFacts;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly rendered?: Omit<RenderedRequest, 'body'>;
}

/** A GatewayError in parts: structured cloning keeps only the message of an error. */
export interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly options: Omit<GatewayErrorOptions, 'cause'>;
}

export type WireReply =
  { readonly id: number; readonly result: WireResult } | { readonly id: number; readonly failure: WireFailure };
