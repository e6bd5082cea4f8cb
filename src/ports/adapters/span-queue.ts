/** The bounded way from ended spans to the collector: the SDK's batch processor, with every lost span accounted for. */
import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { Log } from '../log';

/** The specification's default for OTEL_BSP_MAX_QUEUE_SIZE. */
const MAX_WAITING_SPANS = 2_048;
const LOG_INTERVAL_MS = 60_000;
const EXPORT_SUCCEEDED: number = ExportResultCode.SUCCESS;

export interface SpanCounts {
  readonly exported: number;
  /** Never handed to the exporter: the queue was full, because the collector is slower than the traffic or dead. */
  readonly dropped: number;
  /** Handed over, but refused, unreachable or timed out. */
  readonly failed: number;
  readonly waiting: number;
}

export interface SpanQueue {
  readonly processor: SpanProcessor;
  counts(): SpanCounts;
}

type MutableCounts = { -readonly [Name in keyof SpanCounts]: number };
type LossReport = (error: Error | undefined) => void;

interface SpanQueueOptions {
  /** Shown in log lines. */
  readonly endpoint: string;
  readonly log: Log;
  readonly maxWaitingSpans?: number;
  readonly now?: () => number;
}

/**
 * Wraps `exporter`. The gate in front of the batch processor holds the bound itself: the processor has one too, but drops without
 * telling anybody.
 */
export function createSpanQueue(exporter: SpanExporter, options: SpanQueueOptions): SpanQueue {
  const maxWaiting = options.maxWaitingSpans ?? MAX_WAITING_SPANS;
  const counts: MutableCounts = { exported: 0, dropped: 0, failed: 0, waiting: 0 };
  const report = createLossReport(options, counts);
  const batches = new BatchSpanProcessor(countExports(exporter, counts, report), { maxQueueSize: maxWaiting });
  let stopped = false;
  return {
    counts: () => ({ ...counts }),
    processor: {
      onStart: (span, context) => batches.onStart(span, context),
      onEnd: (span) => {
        if (stopped || counts.waiting >= maxWaiting) {
          counts.dropped += 1;
          report(undefined);
          return;
        }
        counts.waiting += 1;
        batches.onEnd(span);
      },
      forceFlush: () => batches.forceFlush(),
      shutdown: () => {
        stopped = true;
        return batches.shutdown();
      },
    },
  };
}

function countExports(exporter: SpanExporter, counts: MutableCounts, report: LossReport): SpanExporter {
  return {
    export: (spans, done) => {
      counts.waiting -= spans.length;
      exporter.export(spans, (result) => {
        const code: number = result.code;
        if (code === EXPORT_SUCCEEDED) counts.exported += spans.length;
        else {
          counts.failed += spans.length;
          report(result.error);
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

/** Logs the first loss at once and then at most one line a minute. */
function createLossReport(options: SpanQueueOptions, counts: Readonly<SpanCounts>): (error: Error | undefined) => void {
  const now = options.now ?? Date.now;
  let lastLogged = Number.NEGATIVE_INFINITY;
  let lost = 0;
  return (error) => {
    if (now() - lastLogged < LOG_INTERVAL_MS) return;
    lastLogged = now();
    const lostSinceLast = counts.dropped + counts.failed - lost;
    lost += lostSinceLast;
    options.log.warn(
      { endpoint: options.endpoint, lostSinceLast, dropped: counts.dropped, failed: counts.failed, err: error },
      'spans are lost: the trace collector does not keep up or cannot be reached',
    );
  };
}
