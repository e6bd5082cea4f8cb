export interface ModelLabels {
  readonly provider: string;
  readonly model: string;
}

/** Tokens of one answer, as its vendor counts them. */
export interface TokenFigures {
  readonly prompt?: number;
  readonly completion?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

/** Counters and timings of the sidecar, in the names of Plano's dashboards where those exist. */
export interface Metrics {
  /** Counts a request as in flight until its `requestFinished`; optional for callers that do not show it. */
  requestStarted?(handler: string): void;
  requestFinished(labels: { handler: string; method: string; statusClass: string }, seconds: number): void;
  streamOpened(role: 'front' | 'attempt'): void;
  messageReceived(role: 'front' | 'attempt', phase: string): void;
  attemptStarted(labels: { provider: string; model: string; attempt: number }): void;
  /** A request that asked a model is over; times from its first byte to the end of the answer and to its first byte. */
  upstreamFinished(
    labels: ModelLabels & { statusClass: string; errorClass: string },
    times: { seconds: number; firstByteSeconds?: number },
  ): void;
  /** Tokens of one answer; `estimated` when they are not the vendor's own count. */
  tokensCounted(labels: ModelLabels, counts: TokenFigures, estimated?: boolean): void;
  /** An answer whose vendor did not say what it cost. */
  usageMissing(labels: ModelLabels): void;
  /** How far an estimate was from the vendor's own count: |estimate - count| / count. */
  estimateMeasured(labels: ModelLabels & { kind: string }, errorRatio: number): void;
  decided(labels: { kind: string; decider: string }, seconds: number): void;
  /** Text of the Prometheus exposition format. */
  render(): Promise<{ contentType: string; text: string }>;
}
