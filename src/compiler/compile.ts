import type { Plan, UpstreamPlan, Wiring } from '../config/plan';
import { bootstrap } from './bootstrap';
import { candidateClusters, unreachableCluster } from './candidate-cluster';
import { findCaBundle } from './ca-bundle';
import { noRouteCluster, upstreamCluster } from './cluster';
import { egressListener } from './egress-listener';
import { clientListener } from './listener';
import type { EnvoyResources } from './print';
import { longestTimeoutMs } from './routes';
import type { EnvoyObject } from './resource';
import { sidecarCluster } from './sidecar-cluster';
import { telemetryCluster } from './telemetry';
import { agentFilters, calledFilters, candidateFilters } from './upstream-filters';

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
      ...plan.upstreams.flatMap((upstream) => clustersOf(upstream, plan, caPath)),
      ...(telemetry === undefined ? [] : [telemetry]),
      noRouteCluster(),
      unreachableCluster(),
    ],
  };
}

function clustersOf(upstream: UpstreamPlan, plan: Plan, caPath: string): readonly EnvoyObject[] {
  switch (upstream.kind) {
    case 'provider':
      return candidateClusters(upstream, {
        caPath,
        filters: candidateFilters(upstream),
        peekMs: looksIntoAnswers(plan) ? longestTimeoutMs(plan) : undefined,
      });
    case 'agent':
      return candidateClusters(upstream, { caPath, filters: agentFilters(), peekMs: undefined });
    case 'filter':
    case 'endpoint':
      return [upstreamCluster(upstream, caPath, calledFilters())];
    case 'telemetry':
      return []; // made from Plan.telemetry, which says the protocol
  }
}

/** Whether some failover of the Plan waits for the first token of an answer (or for an error in its place). */
function looksIntoAnswers(plan: Plan): boolean {
  return [...plan.aliases, ...plan.preferences, ...plan.listeners].some(
    ({ failover }) => failover?.firstTokenTimeoutMs !== undefined || failover?.on?.includes('stream_error') === true,
  );
}
