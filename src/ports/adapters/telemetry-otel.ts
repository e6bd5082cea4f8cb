/** Spans of the sidecar through the OpenTelemetry SDK, exported by OTLP. Uses no global provider, propagator or context. */
import {
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Context,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as GrpcTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { TelemetryPlan } from '../../config/plan';
import type { Log } from '../log';
import type { SpanComponent, Telemetry } from '../telemetry';
import { createSpanQueue, type SpanCounts } from './span-queue';
import { isCredentialName } from './sensitive-names';

const SCOPE_NAME = 'outerloop';
/** Long values are cut, so that a full queue of spans stays a few dozen megabytes at worst. */
const MAX_ATTRIBUTE_CHARACTERS = 8_192;
const SHUTDOWN_TIMEOUT_MS = 2_000;

const propagator = new W3CTraceContextPropagator();
const carrierGetter: TextMapGetter<ReadonlyMap<string, string>> = {
  keys: (carrier) => [...carrier.keys()],
  get: (carrier, key) => carrier.get(key),
};

const headersSetter: TextMapSetter<Record<string, string>> = {
  set: (headers, name, value) => {
    headers[name] = value;
  },
};

/** What became of the spans so far; `dropped` and `failed` never reached the collector. */
export interface OtelTelemetry extends Telemetry {
  spanCounts(): SpanCounts;
}

type Otlp = NonNullable<TelemetryPlan['otlp']>;

/**
 * Telemetry of one Plan. Without a collector or with 0 % sampling nothing is built: tracers hand out non-recording spans, and
 * only the W3C context is still passed on.
 *
 * Envoy makes the sampling decision (random_sampling) and says so in traceparent; spans without a sampled parent are not
 * recorded. A dead or slow collector costs spans, never time: the queue is bounded, and losses are counted and logged at most
 * once a minute. Headers, certificates, timeouts, batch size and delay follow the OTEL_EXPORTER_OTLP_* and OTEL_BSP_* variables,
 * which the SDK reads itself; OTEL_RESOURCE_ATTRIBUTES are added to every span's resource.
 */
export function createTelemetry(plan: TelemetryPlan, log: Log): OtelTelemetry {
  if (plan.samplingPercent <= 0 || plan.otlp === undefined) return disabledTelemetry();
  const endpoint = otlpUrl(plan.otlp);
  const queue = createSpanQueue(createExporter(plan.otlp, endpoint), { endpoint, log });
  const tracers = new Map<SpanComponent, Tracer>();
  return {
    enabled: true,
    tracer: (component) => {
      const known = tracers.get(component);
      if (known !== undefined) return known;
      const made = createTracer(component, queue.processor);
      tracers.set(component, made);
      return made;
    },
    extract: extractContext,
    inject: injectContext,
    customAttributes: createAttributeReader(plan),
    spanCounts: () => queue.counts(),
    shutdown: () => within(SHUTDOWN_TIMEOUT_MS, queue.processor.shutdown()),
  };
}

function disabledTelemetry(): OtelTelemetry {
  // A provider without a delegate: its spans only carry their parent's context.
  const tracer = new ProxyTracerProvider().getTracer(SCOPE_NAME);
  return {
    enabled: false,
    tracer: () => tracer,
    extract: extractContext,
    inject: injectContext,
    customAttributes: () => ({}),
    spanCounts: () => ({ exported: 0, dropped: 0, failed: 0, waiting: 0 }),
    shutdown: () => Promise.resolve(),
  };
}

/** One provider per component, because the service name is a property of the resource and Plano's dashboards group by it. */
function createTracer(component: SpanComponent, processor: SpanProcessor): Tracer {
  const environment = detectResources({ detectors: [envDetector] });
  const provider = new NodeTracerProvider({
    resource: environment.merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: `plano(${component})` })),
    sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_CHARACTERS },
    spanProcessors: [processor],
  });
  return provider.getTracer(SCOPE_NAME);
}

function otlpUrl(otlp: Otlp): string {
  const host = otlp.host.includes(':') ? `[${otlp.host}]` : otlp.host;
  const origin = `${otlp.tls ? 'https' : 'http'}://${host}:${String(otlp.port)}`;
  // The gRPC form has its path in the protocol.
  return otlp.protocol === 'grpc' ? origin : `${origin}${otlp.path}`;
}

function createExporter(otlp: Otlp, url: string): SpanExporter {
  return otlp.protocol === 'grpc' ? new GrpcTraceExporter({ url }) : new HttpTraceExporter({ url });
}

function extractContext(traceparent: string | undefined, tracestate: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const carrier = new Map([['traceparent', traceparent]]);
  if (tracestate !== undefined) carrier.set('tracestate', tracestate);
  return propagator.extract(ROOT_CONTEXT, carrier, carrierGetter);
}

function injectContext(context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, headersSetter);
  return headers;
}

/**
 * tracing.span_attributes: the static ones, then headers whose name starts with one of header_prefixes (first match counts; what
 * follows the prefix, without leading dashes and with dots for dashes, is the attribute's name; headers win). Credentials are
 * left out even when a prefix covers them.
 */
function createAttributeReader(plan: TelemetryPlan): Telemetry['customAttributes'] {
  const prefixes = plan.headerPrefixes.map((prefix) => prefix.toLowerCase());
  return (headers) => {
    const attributes: Record<string, string> = { ...plan.staticAttributes };
    if (prefixes.length === 0) return attributes;
    for (const [header, value] of headers) {
      const name = header.toLowerCase();
      const prefix = prefixes.find((candidate) => name.startsWith(candidate));
      if (prefix === undefined || isCredentialName(name)) continue;
      const key = name.slice(prefix.length).replace(/^-+/, '').replaceAll('-', '.');
      if (key !== '') attributes[key] = value.trim();
    }
    return attributes;
  };
}

/** Waits for `work`, but no longer than `timeoutMs`; never rejects. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  // Spans that could not be delivered are already counted and logged.
  const done = work.catch(() => undefined);
  await Promise.race([done, deadline]);
  clearTimeout(timer);
}
