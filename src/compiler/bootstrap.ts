import type { Plan, Wiring } from '../config/plan';
import { listenAddress, requireLoopback } from './address';
import { because, extension, type EnvoyObject } from './resource';

const MOST_CLIENT_CONNECTIONS = 50_000;

/**
 * What belongs to the Envoy process and not to a listener or a cluster. The printer adds the resources themselves.
 *
 * @throws RangeError when the admin address is not loopback
 */
export function bootstrap(plan: Plan, wiring: Wiring): EnvoyObject {
  requireLoopback('Envoy’s admin interface', wiring.admin.address);
  return because(
    {
      node: because(
        { id: 'outerloop', cluster: 'outerloop', metadata: { plan_hash: plan.hash } },
        { metadata: 'The sidecar runs the Plan with the same hash.' },
      ),
      admin: { address: listenAddress(wiring.admin.address, wiring.admin.port) },
      layered_runtime: { layers: [{ name: 'outerloop', static_layer: runtime() }] },
      overload_manager: connectionLimit(),
      typed_dns_resolver_config: dnsResolver(),
    },
    { admin: 'Loopback only: whoever reaches it can stop Envoy and read its configuration.' },
  );
}

function runtime(): EnvoyObject {
  return because(
    { 'envoy.reloadable_features.ext_proc_graceful_grpc_close': true },
    {
      'envoy.reloadable_features.ext_proc_graceful_grpc_close':
        'Half-closes ext_proc streams instead of resetting them; Node takes many resets for an attack and closes the connection.',
    },
  );
}

function connectionLimit(): EnvoyObject {
  return {
    resource_monitors: [
      extension(
        'envoy.resource_monitors.global_downstream_max_connections',
        'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
        { max_active_downstream_connections: MOST_CLIENT_CONNECTIONS },
      ),
    ],
  };
}

function dnsResolver(): EnvoyObject {
  return extension(
    'envoy.network.dns_resolver.cares',
    'envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig',
    because(
      { query_timeout_seconds: 2, query_tries: 2 },
      {
        query_timeout_seconds: 'A name server that does not answer holds the start of a cluster up for this long only.',
      },
    ),
  );
}
