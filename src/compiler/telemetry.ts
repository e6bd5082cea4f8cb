import type { Plan } from '../config/plan';
import { discovery } from './discovery';
import { HTTP_PROTOCOL_OPTIONS } from './cluster-settings';
import { because, duration, extension, statName, typed, type EnvoyObject } from './resource';
import { TELEMETRY_CLUSTER } from './resource-names';
import { upstreamTls } from './upstream-tls';

/** Long enough for a collector on the same network; spans are dropped, never waited for. */
const EXPORT_TIMEOUT_MS = 250;

export interface Spans {
  /** `service.name`, as dashboards made for Plano expect it. */
  readonly service: 'plano(inbound)' | 'plano(outbound)';
  /** Format of the span's name. */
  readonly operation: string;
  /** True: one more span per attempt, so that a failover is visible with its upstreams. */
  readonly perAttempt: boolean;
}

type Otlp = NonNullable<Plan['telemetry']['otlp']>;

/** Where spans go; undefined when none are made. */
function collector(plan: Plan): Otlp | undefined {
  return plan.telemetry.samplingPercent > 0 ? plan.telemetry.otlp : undefined;
}

/** HttpConnectionManager.Tracing, or undefined when tracing is off. */
export function tracing(plan: Plan, spans: Spans): EnvoyObject | undefined {
  const otlp = collector(plan);
  if (otlp === undefined) return undefined;
  return because(
    {
      random_sampling: { value: plan.telemetry.samplingPercent },
      spawn_upstream_span: spans.perAttempt,
      operation: spans.operation,
      max_path_tag_length: 0,
      custom_tags: [{ tag: 'url.path', value: '%PATH(NQ)%' }, ...staticAttributes(plan)],
      provider: extension('envoy.tracers.opentelemetry', 'envoy.config.trace.v3.OpenTelemetryConfig', {
        service_name: spans.service,
        ...(otlp.protocol === 'grpc' ? grpcExporter(clusterName(plan)) : httpExporter(otlp, clusterName(plan))),
      }),
    },
    { max_path_tag_length: 'Empties the path of http.url, which would show the query; some APIs take keys there.' },
  );
}

function staticAttributes(plan: Plan): readonly EnvoyObject[] {
  return Object.entries(plan.telemetry.staticAttributes).map(([tag, value]) => ({ tag, literal: { value } }));
}

/** The collector's cluster; undefined when tracing is off. */
export function telemetryCluster(plan: Plan, caPath: string): EnvoyObject | undefined {
  const otlp = collector(plan);
  if (otlp === undefined) return undefined;
  const name = clusterName(plan);
  const endpoint = {
    address: { socket_address: { address: otlp.host, port_value: otlp.port } },
    hostname: otlp.host,
  };
  return {
    name,
    alt_stat_name: statName(name),
    ...discovery({ host: otlp.host, prefixAffinity: false }),
    connect_timeout: duration(1000),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    transport_socket: otlp.tls
      ? upstreamTls(
          { host: otlp.host, authority: authority(otlp), http2: otlp.protocol === 'grpc' ? 'alpn' : 'off' },
          caPath,
        )
      : undefined,
    typed_extension_protocol_options: {
      [HTTP_PROTOCOL_OPTIONS]: typed(HTTP_PROTOCOL_OPTIONS, {
        explicit_http_config: otlp.protocol === 'grpc' ? { http2_protocol_options: {} } : { http_protocol_options: {} },
      }),
    },
  };
}

function clusterName(plan: Plan): string {
  return plan.upstreams.find((upstream) => upstream.kind === 'telemetry')?.id ?? TELEMETRY_CLUSTER;
}

function grpcExporter(cluster: string): EnvoyObject {
  return {
    grpc_service: because(
      { envoy_grpc: { cluster_name: cluster }, timeout: duration(EXPORT_TIMEOUT_MS) },
      { timeout: 'Requests never wait for the collector; spans it does not take in time are dropped.' },
    ),
  };
}

function httpExporter(otlp: Otlp, cluster: string): EnvoyObject {
  return {
    http_service: {
      http_uri: {
        uri: `${otlp.tls ? 'https' : 'http'}://${authority(otlp)}${otlp.path}`,
        cluster,
        timeout: duration(EXPORT_TIMEOUT_MS),
      },
    },
  };
}

function authority({ host, port }: Otlp): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
