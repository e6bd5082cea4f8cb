import type { Wiring } from '../config/plan';
import { connectAddress, readMeeting } from './address';
import { discovery } from './discovery';
import { HTTP_PROTOCOL_OPTIONS, withoutLimits } from './cluster-settings';
import { because, duration, MEBIBYTE, typed, type EnvoyObject } from './resource';
import { SIDECAR_CLUSTER } from './resource-names';
import { plainFilters } from './upstream-filters';

/** The cluster of the ext_proc service: HTTP/2 over a Unix socket or TCP. */
export function sidecarCluster(wiring: Wiring): EnvoyObject {
  const meeting = readMeeting(wiring.sidecar);
  return because(
    {
      name: SIDECAR_CLUSTER,
      alt_stat_name: 'outerloop_sidecar',
      ...(meeting.kind === 'unix' ? { type: 'STATIC' } : discovery({ host: meeting.host, prefixAffinity: false })),
      connect_timeout: duration(1000),
      load_assignment: {
        cluster_name: SIDECAR_CLUSTER,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: connectAddress(meeting) } }] }],
      },
      circuit_breakers: withoutLimits(),
      per_connection_buffer_limit_bytes: 4 * MEBIBYTE,
      typed_extension_protocol_options: { [HTTP_PROTOCOL_OPTIONS]: sidecarProtocol() },
    },
    {
      circuit_breakers:
        'Every request in flight holds one stream here; the limits that protect are those of the upstreams.',
    },
  );
}

function sidecarProtocol(): EnvoyObject {
  return typed(HTTP_PROTOCOL_OPTIONS, {
    common_http_protocol_options: because(
      { max_requests_per_connection: 900 },
      {
        max_requests_per_connection:
          'Each ext_proc stream may end with RST_STREAM, and Node closes a connection after about 1000 resets (rapid-reset protection), failing what is in flight. A new connection before that costs nothing.',
      },
    ),
    explicit_http_config: {
      http2_protocol_options: because(
        { initial_stream_window_size: MEBIBYTE, initial_connection_window_size: 4 * MEBIBYTE },
        { initial_stream_window_size: 'Bodies travel in single messages; 64 KiB windows would throttle them.' },
      ),
    },
    http_filters: plainFilters(),
  });
}
