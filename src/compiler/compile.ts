import type { Plan, Wiring } from '../config/plan';
import { bootstrap } from './bootstrap';
import { findCaBundle } from './ca-bundle';
import { noRouteCluster, upstreamCluster } from './cluster';
import { egressListener } from './egress-listener';
import { clientListener } from './listener';
import type { EnvoyResources } from './print';
import { sidecarCluster } from './sidecar-cluster';
import { telemetryCluster } from './telemetry';

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
      ...plan.upstreams
        .filter((upstream) => upstream.kind !== 'telemetry')
        .map((upstream) => upstreamCluster(upstream, caPath)),
      ...(telemetry === undefined ? [] : [telemetry]),
      noRouteCluster(),
    ],
  };
}
