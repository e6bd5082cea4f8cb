import type { Plan, Wiring } from '../config/plan';
import { accessLog } from './access-log';
import { because, duration, extension, MEBIBYTE, statName, together, type EnvoyObject } from './resource';
import { CLIENT_PATH_STATE } from './resource-names';
import { tracing, type Spans } from './telemetry';

export interface ConnectionManager {
  /** Value of `listener` in the access log; start of the stat names. */
  readonly name: string;
  readonly spans: Spans;
  /** Longest silence on one stream. */
  readonly streamIdleTimeoutMs: number;
  /** Filters between the recording of the client's path and the router. */
  readonly filters: readonly EnvoyObject[];
  /** Access logs beside the file. */
  readonly accessLogs?: readonly EnvoyObject[];
  readonly virtualHost: EnvoyObject;
  /** What differs between client and internal listeners. */
  readonly extra: EnvoyObject;
}

/** The HTTP connection manager that every listener has, as a network filter. */
export function connectionManager(plan: Plan, wiring: Wiring, manager: ConnectionManager): EnvoyObject {
  return extension(
    'envoy.filters.network.http_connection_manager',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    together(
      { codec_type: 'AUTO', stat_prefix: statName(manager.name) },
      requests(),
      timeouts(manager),
      manager.extra,
      {
        access_log: [accessLog(manager.name, wiring), ...(manager.accessLogs ?? [])],
        tracing: tracing(plan, manager.spans),
        http_filters: [clientPath(), ...manager.filters, router()],
        route_config: { name: manager.name, virtual_hosts: [manager.virtualHost] },
      },
    ),
  );
}

/** How requests are read and what is added to them. */
function requests(): EnvoyObject {
  return because(
    {
      server_name: 'outerloop',
      server_header_transformation: 'APPEND_IF_ABSENT',
      use_remote_address: true,
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      scheme_header_transformation: { match_upstream: true },
      generate_request_id: true,
      preserve_external_request_id: true,
    },
    {
      server_header_transformation: 'Answers of upstreams keep their own server header.',
      use_remote_address: 'The address of the connection counts, not what a client writes into x-forwarded-for.',
      path_with_escaped_slashes_action: 'Model ids may hold an escaped slash; no path grants anything here.',
      scheme_header_transformation: 'Some HTTP/2 upstreams refuse a :scheme that differs from the connection’s.',
      preserve_external_request_id: 'For correlation in logs only; nothing is looked up by it.',
    },
  );
}

/** When a connection or a stream is given up, and how much it may hold. */
function timeouts({ streamIdleTimeoutMs }: ConnectionManager): EnvoyObject {
  return because(
    {
      stream_idle_timeout: duration(streamIdleTimeoutMs),
      request_headers_timeout: duration(15_000),
      common_http_protocol_options: { idle_timeout: duration(600_000) },
      http2_protocol_options: {
        max_concurrent_streams: 1000,
        initial_stream_window_size: MEBIBYTE,
        initial_connection_window_size: 4 * MEBIBYTE,
      },
    },
    {
      stream_idle_timeout:
        'Models think in silence for minutes: the route’s timeout ends a request, this only a stuck one.',
      request_headers_timeout: 'A client that sends its headers drop by drop holds no connection.',
    },
  );
}

/** Keeps the path as the client sent it, for the access log and for the shape of Envoy's own errors. */
function clientPath(): EnvoyObject {
  return extension('outerloop.client-path', 'envoy.extensions.filters.http.set_filter_state.v3.Config', {
    on_request_headers: [
      because(
        {
          object_key: CLIENT_PATH_STATE,
          factory_key: 'envoy.string',
          format_string: { text_format_source: { inline_string: '%PATH(NQ)%' } },
        },
        { object_key: 'The sidecar rewrites :path for the upstream; this one stays.' },
      ),
    ],
  });
}

function router(): EnvoyObject {
  return extension(
    'envoy.filters.http.router',
    'envoy.extensions.filters.http.router.v3.Router',
    because(
      { suppress_envoy_headers: true },
      { suppress_envoy_headers: 'Neither callers nor upstreams need x-envoy-*; the access log has the timings.' },
    ),
  );
}
