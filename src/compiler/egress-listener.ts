import type { Plan, Wiring } from '../config/plan';
import { listenAddress, readMeeting, requireLoopback } from './address';
import { connectionManager } from './http-connection-manager';
import { because, MEBIBYTE, statName, type EnvoyObject } from './resource';
import { EGRESS_LISTENER } from './resource-names';
import { egressHost, longestTimeoutMs } from './routes';

/** rw for the owner alone. */
const OWNER_ONLY = 0o600;

/**
 * The listener for the sidecar's own calls (earlier agents, filters, endpoints), so that they use the same pools, TLS,
 * and traces as requests of clients. Not for clients: a Unix socket or loopback.
 *
 * @throws RangeError when Wiring.egress would be open to the network
 */
export function egressListener(plan: Plan, wiring: Wiring): EnvoyObject {
  const idleMs = longestTimeoutMs(plan);
  const manager = connectionManager(plan, wiring, {
    name: 'egress',
    spans: { service: 'plano(outbound)', operation: '%REQ(:METHOD)% %REQ(:AUTHORITY)%%PATH(NQ)%', perAttempt: false },
    streamIdleTimeoutMs: idleMs,
    filters: [],
    virtualHost: egressHost(plan),
    extra: because(
      {
        internal_address_config: {
          unix_sockets: true,
          cidr_ranges: [
            { address_prefix: '127.0.0.0', prefix_len: 8 },
            { address_prefix: '::1', prefix_len: 128 },
          ],
        },
        skip_xff_append: true,
      },
      {
        internal_address_config: 'Only here are x-envoy-* headers of the caller obeyed: the caller is the sidecar.',
        skip_xff_append: 'The sidecar is no client that anybody needs to know.',
      },
    ),
  });
  return {
    name: EGRESS_LISTENER,
    stat_prefix: statName(EGRESS_LISTENER),
    address: egressAddress(wiring),
    traffic_direction: 'OUTBOUND',
    enable_reuse_port: false,
    per_connection_buffer_limit_bytes: MEBIBYTE,
    filter_chains: [{ filters: [manager] }],
  };
}

function egressAddress(wiring: Wiring): EnvoyObject {
  const meeting = readMeeting(wiring.egress);
  if (meeting.kind === 'unix') return { pipe: { path: meeting.path, mode: OWNER_ONLY } };
  requireLoopback('The egress listener', meeting.host);
  return listenAddress(meeting.host, meeting.port);
}
