/** Sentence encoder. Runs off the event loop, one text per inference (batch size 1), so equal texts give equal vectors. */
export interface Encoder {
  /** Resolves when the model is loaded and its self-test passed; rejects when it cannot be used. */
  ready(): Promise<void>;
  /** L2-normalised vectors, one per text. Rejects with GatewayError `overloaded` when the queue is full. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
  readonly thresholds: { readonly acceptScore: number; readonly acceptMargin: number };
  close(): Promise<void>;
}
