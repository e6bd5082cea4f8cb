import type { Metrics } from '../ports/metrics';
import type { RequestRecord } from './request-record';

/**
 * Counts what a finished request cost and how its upstream did. Fed by Envoy's access log, so that an answer is counted
 * once, for the model that gave it, whether it passed the sidecar or not.
 */
export class Metering {
  constructor(private readonly metrics: Metrics) {}

  record(record: RequestRecord): void {
    const { answerer, status, failure } = record;
    if (answerer === undefined) return;
    const labels = { provider: answerer.provider, model: answerer.model };
    this.metrics.upstreamFinished(
      { ...labels, statusClass: statusClass(status), errorClass: failure === 'cancelled' ? 'other' : failure },
      {
        seconds: record.durationMs / 1000,
        ...(record.firstByteMs === undefined ? {} : { firstByteSeconds: record.firstByteMs / 1000 }),
      },
    );
    this.metrics.tokensCounted(labels, record.tokens);
    const answered = status >= 200 && status < 300;
    if (answered && isIncomplete(record)) this.metrics.usageMissing(labels);
  }
}

/** No answer is without a prompt; a completion may be (embeddings, a client that left early is not one of them). */
function isIncomplete({ tokens }: RequestRecord): boolean {
  return tokens.prompt === undefined;
}

function statusClass(status: number): string {
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'error';
}
