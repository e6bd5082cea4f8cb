import type { ListenerPlan, Plan, Wiring } from '../config/plan';
import { accessLogStream } from './access-log';
import { listenAddress } from './address';
import { bodyLimit } from './body-limit';
import { withoutInternalHeaders } from './early-headers';
import { frontFilter } from './ext-proc-filter';
import { connectionManager } from './http-connection-manager';
import { localReplies } from './local-replies';
import { because, MEBIBYTE, statName, type EnvoyObject } from './resource';
import { CLIENT_PATH_STATE } from './resource-names';
import { candidatesHost } from './routes';
import { usageFilters } from './usage-filters';

/** Time beyond the listener's own for a stream that nobody reads or writes any more. */
const IDLE_MARGIN_MS = 5000;

/** Largest complete answer of a model; images and audio as base64 included. */
const MAX_HELD_ANSWER_BYTES = 64 * MEBIBYTE;

/** A listener that clients call: model, agent or prompt. They differ in what the sidecar does, not in Envoy. */
export function clientListener(plan: Plan, wiring: Wiring, listener: ListenerPlan): EnvoyObject {
  const name = listenerName(listener);
  const metered = callsModels(listener);
  return because(
    {
      name,
      stat_prefix: statName(name),
      address: listenAddress(listener.address, listener.port),
      traffic_direction: 'INBOUND',
      enable_reuse_port: false,
      connection_balance_config: { exact_balance: {} },
      per_connection_buffer_limit_bytes: metered ? MAX_HELD_ANSWER_BYTES : MEBIBYTE,
      filter_chains: [{ filters: [clientManager(plan, wiring, listener)] }],
    },
    {
      enable_reuse_port:
        'With it, a second Envoy could open the same port without an error and take half of the requests.',
      connection_balance_config: 'Few long-lived connections, spread over the workers one by one.',
      per_connection_buffer_limit_bytes: metered
        ? 'A complete JSON answer is held while its token counts are read; a larger one would become a 500.'
        : 'Slow readers slow their upstream down; whole bodies have their own limit on the virtual host.',
    },
  );
}

function clientManager(plan: Plan, wiring: Wiring, listener: ListenerPlan): EnvoyObject {
  return connectionManager(plan, wiring, {
    name: listener.name,
    spans: {
      service: 'plano(inbound)',
      operation: `%REQ(:METHOD)% %FILTER_STATE(${CLIENT_PATH_STATE}:PLAIN)%`,
      perAttempt: true,
    },
    streamIdleTimeoutMs: listener.timeoutMs + IDLE_MARGIN_MS,
    filters: callsModels(listener)
      ? [bodyLimit(plan.limits), frontFilter(listener), ...usageFilters()]
      : [frontFilter(listener)],
    accessLogs: [accessLogStream(listener.name)],
    virtualHost: candidatesHost(plan, listener),
    extra: because(
      {
        internal_address_config: { cidr_ranges: [{ address_prefix: '0.0.0.0', prefix_len: 32 }] },
        early_header_mutation_extensions: [withoutInternalHeaders()],
        local_reply_config: localReplies(),
      },
      {
        internal_address_config:
          'No caller is trusted for its address: this range holds nobody (an empty list would mean private networks).',
      },
    ),
  });
}

/** Agents call their models themselves, through a model listener: their answers are not counted twice. */
function callsModels(listener: ListenerPlan): boolean {
  return listener.type !== 'agent';
}

/** Name of a client listener in Envoy: the type keeps it apart from internal ones. */
export function listenerName(listener: Pick<ListenerPlan, 'type' | 'name'>): string {
  return `${listener.type}:${listener.name}`;
}
