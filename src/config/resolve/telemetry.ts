import type { CheckContext } from '../check-context';
import type { Environment } from '../environment';
import { maskUrl } from '../mask';
import type { TelemetryPlan } from '../plan';
import { parseHttpUrl, resolveReferences, type HttpUrl } from '../resolve-url';
import type { UpstreamSet } from './upstreams';

type Otlp = NonNullable<TelemetryPlan['otlp']>;

const GRPC_PORT = 4317;
const HTTP_PORT = 4318;
const HTTP_PATH = '/v1/traces';

/**
 * Sampling, attributes and, where there is an endpoint, the place that traces are sent to. Without an endpoint tracing is
 * off, which is no mistake of the file: the same file runs where there is a collector and where there is none.
 */
export function resolveTelemetry(
  context: CheckContext,
  upstreams: UpstreamSet,
  connectTimeoutMs: number,
): TelemetryPlan {
  const tracing = context.draft.tracing;
  const samplingPercent = tracing?.random_sampling ?? 0;
  const endpoint = findEndpoint(context, samplingPercent);
  const otlp = samplingPercent > 0 ? endpoint : undefined;
  if (otlp !== undefined) {
    const usualPort = otlp.tls ? 443 : 80;
    const host = otlp.host.includes(':') ? `[${otlp.host}]` : otlp.host;
    upstreams.add({
      id: 'telemetry:otlp',
      kind: 'telemetry',
      host: otlp.host,
      port: otlp.port,
      tls: otlp.tls,
      authority: otlp.port === usualPort ? host : `${host}:${otlp.port}`,
      http2: 'off',
      connectTimeoutMs,
      prefixAffinity: false,
    });
  }
  return {
    samplingPercent,
    ...(otlp === undefined ? {} : { otlp }),
    headerPrefixes: tracing?.span_attributes?.header_prefixes ?? [],
    staticAttributes: tracing?.span_attributes?.static ?? {},
  };
}

/** The file's endpoint first, then Plano's variable, then OpenTelemetry's own. */
function findEndpoint(context: CheckContext, samplingPercent: number): Otlp | undefined {
  const { environment } = context;
  const tracing = context.draft.tracing;
  const written = tracing?.opentracing_grpc_endpoint;
  if (tracing !== undefined && written !== undefined && written !== '') {
    const text = resolveReferences(context, tracing, 'opentracing_grpc_endpoint', written);
    return text === undefined ? undefined : parsePlanoEndpoint(context, text, 'opentracing_grpc_endpoint');
  }
  if (samplingPercent === 0 || switchedOff(environment)) return undefined;
  const plano = environment.get('OTEL_TRACING_GRPC_ENDPOINT');
  if (plano !== undefined) return parsePlanoEndpoint(context, plano, 'OTEL_TRACING_GRPC_ENDPOINT');
  for (const variable of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = environment.get(variable);
    if (value !== undefined) return parseStandardEndpoint(context, value, variable);
  }
  return undefined;
}

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables */
function switchedOff(environment: Environment): boolean {
  return (
    environment.get('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || environment.get('OTEL_TRACES_EXPORTER') === 'none'
  );
}

/** Plano's form: OTLP/gRPC without TLS, `http://host:port` and no path. */
function parsePlanoEndpoint(context: CheckContext, text: string, name: string): Otlp | undefined {
  const url = parseHttpUrl(text);
  if (url === undefined || url.tls) {
    report(context, name, `\`${name}\` is \`${maskUrl(text)}\`, but it must start with \`http://\` and name a host.`);
    return undefined;
  }
  if (url.path !== '') {
    report(context, name, `\`${name}\` is \`${maskUrl(text)}\`, but OTLP/gRPC has no path.`);
    return undefined;
  }
  return { protocol: 'grpc', host: url.host, port: portOf(text, url, GRPC_PORT), tls: false, path: '' };
}

/** OpenTelemetry's form: scheme decides TLS, the protocol variables (or the port) decide between gRPC and HTTP. */
function parseStandardEndpoint(context: CheckContext, text: string, name: string): Otlp | undefined {
  // gRPC endpoints may come without a scheme.
  const url = parseHttpUrl(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url === undefined) {
    report(context, name, `\`${name}\` is \`${maskUrl(text)}\`, which is not a complete http or https URL.`);
    return undefined;
  }
  const { environment } = context;
  const declared =
    environment.get('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? environment.get('OTEL_EXPORTER_OTLP_PROTOCOL');
  const overHttp = declared === undefined ? url.port === HTTP_PORT : declared !== 'grpc';
  const base = { host: url.host, port: portOf(text, url, overHttp ? HTTP_PORT : GRPC_PORT), tls: url.tls };
  if (!overHttp) return { protocol: 'grpc', ...base, path: '' };
  const prefix = url.path === '' ? '' : `/${url.path}`;
  const path = name.includes('TRACES') && prefix !== '' ? prefix : `${prefix}${HTTP_PATH}`;
  return { protocol: 'http/protobuf', ...base, path };
}

/** The usual port of OTLP when the text names none (a URL without port would mean 80 or 443). */
function portOf(text: string, url: HttpUrl, usualPort: number): number {
  return /:\d+(\/|$)/.test(text) ? url.port : usualPort;
}

function report({ draft, document, problems }: CheckContext, name: string, message: string): void {
  const tracing = draft.tracing ?? draft;
  const key = name === 'opentracing_grpc_endpoint' ? name : 'random_sampling';
  problems.add('invalid_otlp_endpoint', document.place(tracing, key), { message });
}
