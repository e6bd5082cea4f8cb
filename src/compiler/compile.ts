import type { Plan, UpstreamPlan, Wiring } from '../config/plan';
import { bootstrap } from './bootstrap';
import { candidateClusters, unreachableCluster } from './candidate-cluster';
import { findCaBundle } from './ca-bundle';
import { noRouteCluster, upstreamCluster } from './cluster';
import { egressListener } from './egress-listener';
import { clientListener } from './listener';
import type { EnvoyResources } from './print';
import type { EnvoyObject } from './resource';
import { sidecarCluster } from './sidecar-cluster';
import { telemetryCluster } from './telemetry';
import { calledFilters } from './upstream-filters';

/**
 * Turns a Plan into Envoy 1.40 resources.
 *
 * @param plan a whole Plan; its ids are taken for unique
 * @param wiring addresses of this deployment
 * @returns plain objects in protobuf-JSON form
 * @throws RangeError when the wiring is no address or would open an internal port to the network
 */
export function compile(plan: Plan, wiring: Wiring): EnvoyResources {
  const caPath = plan.egress.caPath ?? findCaBundle();
  const telemetry = telemetryCluster(plan, caPath);
  return {
    planHash: plan.hash,
    bootstrap: bootstrap(plan, wiring),
    listeners: [
      ...plan.listeners.map((listener) => clientListener(plan, wiring, listener)),
      egressListener(plan, wiring),
    ],
    clusters: [
      sidecarCluster(wiring),
      ...plan.upstreams.flatMap((upstream) => clustersOf(upstream, caPath)),
      ...(telemetry === undefined ? [] : [telemetry]),
      noRouteCluster(),
      unreachableCluster(),
    ],
  };
}

function clustersOf(upstream: UpstreamPlan, caPath: string): readonly EnvoyObject[] {
  switch (upstream.kind) {
    case 'provider':
    case 'agent':
      return candidateClusters(upstream, caPath);
    case 'filter':
    case 'endpoint':
      return [upstreamCluster(upstream, caPath, calledFilters())];
    case 'telemetry':
      return []; // made from Plan.telemetry, which says the protocol
  }
}
