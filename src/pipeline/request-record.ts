import type { Answerer } from './mutation';

/** How a request ended, as Envoy's access log tells it: one per client request, after its last byte. */
export interface RequestRecord {
  readonly listener: string;
  /** Absent when Envoy answered before the sidecar saw the request. */
  readonly exchangeId?: string;
  /** Status that the client got; 0 when it got none. */
  readonly status: number;
  /** Envoy cluster of the last attempt. */
  readonly cluster?: string;
  readonly attempts: number;
  /** From the first byte of the request to the last byte of the answer. */
  readonly durationMs: number;
  /** From the first byte of the request to the first byte of an upstream's answer. */
  readonly firstByteMs?: number;
  /** Body of the answer as the client got it. */
  readonly answerBytes: number;
  readonly failure: UpstreamFailure;
  /** Who was asked last; absent where no model was. */
  readonly answerer?: Answerer;
  readonly tokens: TokenCounts;
}

/** What went wrong between Envoy and the last upstream; `cancelled` is the client's doing. */
export type UpstreamFailure = 'none' | 'timeout' | 'connect' | 'parse' | 'stream' | 'other' | 'cancelled';

/** Token counts as the vendor reports them, each known or not. */
export interface TokenCounts {
  readonly prompt?: number;
  readonly completion?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}
