/** Counters and timings of the sidecar, in the names of Plano's dashboards where those exist. */
export interface Metrics {
  /** Counts a request as in flight until its `requestFinished`; optional for callers that do not show it. */
  requestStarted?(handler: string): void;
  requestFinished(labels: { handler: string; method: string; statusClass: string }, seconds: number): void;
  streamOpened(role: 'front' | 'attempt'): void;
  messageReceived(role: 'front' | 'attempt', phase: string): void;
  attemptStarted(labels: { provider: string; model: string; attempt: number }): void;
  decided(labels: { kind: string; decider: string }, seconds: number): void;
  /** Text of the Prometheus exposition format. */
  render(): Promise<{ contentType: string; text: string }>;
}
