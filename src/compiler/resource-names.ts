/** Names of Envoy resources that the compiler makes up; those of upstreams come from the Plan. */

/** gRPC cluster of the sidecar. */
export const SIDECAR_CLUSTER = 'outerloop:sidecar';

/** Cluster without endpoints: where a request goes for which the sidecar named no candidate. */
export const NO_ROUTE_CLUSTER = 'outerloop:no-route';

/** Cluster that refuses connections: stands in for a candidate whose name cannot be resolved. */
export const UNREACHABLE_CLUSTER = 'outerloop:unreachable';

/** Collector of trace spans, unless the Plan lists an upstream for it. */
export const TELEMETRY_CLUSTER = 'outerloop:telemetry';

/** Listener for the sidecar's own calls. */
export const EGRESS_LISTENER = 'outerloop:egress';

/** Filter state that keeps the path as the client sent it; `:path` itself is rewritten for the upstream. */
export const CLIENT_PATH_STATE = 'outerloop.client_path';
