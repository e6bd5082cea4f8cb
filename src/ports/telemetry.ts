import type { Context, Tracer } from '@opentelemetry/api';

/** Component names become `service.name` values such as `plano(agent)`, as dashboards of Plano expect. */
export type SpanComponent = 'orchestrator' | 'agent' | 'llm' | 'routing' | 'filter';

export interface Telemetry {
  /** False when nothing is exported: callers may skip building attributes. */
  readonly enabled: boolean;
  tracer(component: SpanComponent): Tracer;
  /** Context from W3C headers of the ext_proc call's gRPC metadata. */
  extract(traceparent: string | undefined, tracestate: string | undefined): Context;
  /** W3C headers for a side call made inside `context`. */
  inject(context: Context): Record<string, string>;
  /** Attributes from tracing.span_attributes for these request headers. */
  customAttributes(headers: ReadonlyMap<string, string>): Record<string, string>;
  /** Flushes within a bounded time and stops. */
  shutdown(): Promise<void>;
}
