import type { UpstreamPlan } from '../config/plan';
import { HTTP_PROTOCOL_OPTIONS, upstreamLimits } from './cluster-settings';
import { discovery } from './discovery';
import { because, duration, MEBIBYTE, statName, typed, type EnvoyObject } from './resource';
import { NO_ROUTE_CLUSTER } from './resource-names';
import { upstreamTls } from './upstream-tls';

/**
 * The cluster of one place that Envoy may call.
 *
 * @param caPath PEM bundle of trusted authorities
 * @param filters HTTP filters that run per attempt; the codec last
 */
export function upstreamCluster(upstream: UpstreamPlan, caPath: string, filters: readonly EnvoyObject[]): EnvoyObject {
  return because(
    {
      name: upstream.id,
      alt_stat_name: statName(upstream.id),
      ...discovery(upstream),
      connect_timeout: duration(upstream.connectTimeoutMs),
      load_assignment: {
        cluster_name: upstream.id,
        endpoints: [{ lb_endpoints: [{ endpoint: endpoint(upstream) }] }],
      },
      ...(upstream.tls ? { transport_socket: upstreamTls(upstream, caPath) } : {}),
      circuit_breakers: upstreamLimits(),
      outlier_detection: outlierDetection(),
      per_connection_buffer_limit_bytes: MEBIBYTE,
      typed_extension_protocol_options: { [HTTP_PROTOCOL_OPTIONS]: protocol(upstream, filters) },
    },
    { alt_stat_name: 'Envoy splits stat names at dots, which host names contain.' },
  );
}

/** Where requests end for which the sidecar chose nothing: no endpoint, so Envoy answers 503 itself. */
export function noRouteCluster(): EnvoyObject {
  return {
    name: NO_ROUTE_CLUSTER,
    alt_stat_name: statName(NO_ROUTE_CLUSTER),
    type: 'STATIC',
    load_assignment: { cluster_name: NO_ROUTE_CLUSTER },
  };
}

function endpoint(upstream: UpstreamPlan): EnvoyObject {
  return because(
    {
      address: { socket_address: { address: upstream.host, port_value: upstream.port } },
      hostname: upstream.authority,
    },
    { hostname: 'Becomes the Host header of every attempt at this upstream (auto_host_rewrite).' },
  );
}

/** envoy.config.cluster.v3.OutlierDetection: visible always, acting only where there is another host to turn to. */
function outlierDetection(): EnvoyObject {
  return because(
    {
      consecutive_5xx: 10,
      consecutive_gateway_failure: 5,
      enforcing_consecutive_gateway_failure: 100,
      interval: duration(5000),
      base_ejection_time: duration(10_000),
      max_ejection_time: duration(60_000),
      max_ejection_percent: 50,
    },
    {
      max_ejection_percent:
        'At most half of the hosts, so the only host of an upstream is never taken away: the request would end in a 503 without a retry.',
    },
  );
}

function protocol(upstream: UpstreamPlan, filters: readonly EnvoyObject[]): EnvoyObject {
  const http2 = because(
    { initial_stream_window_size: MEBIBYTE, initial_connection_window_size: 4 * MEBIBYTE },
    { initial_stream_window_size: 'Large prompts in one go.' },
  );
  return typed(HTTP_PROTOCOL_OPTIONS, {
    common_http_protocol_options: idleConnections(upstream),
    ...(upstream.tls && upstream.http2 === 'alpn'
      ? { auto_config: { http_protocol_options: {}, http2_protocol_options: http2 } }
      : { explicit_http_config: { http_protocol_options: {} } }),
    http_filters: filters,
  });
}

function idleConnections(upstream: UpstreamPlan): EnvoyObject {
  if (upstream.tls) {
    return because(
      { idle_timeout: duration(55_000) },
      { idle_timeout: 'Below the 60 s after which common load balancers close silently.' },
    );
  }
  return because(
    { idle_timeout: duration(1500) },
    {
      idle_timeout:
        'Web servers close idle connections after 2 s (gunicorn) or 5 s (uvicorn, Node); a request sent at that moment would fail.',
    },
  );
}
