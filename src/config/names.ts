/** Names that the compiled Envoy resources and the sidecar must agree on. Changing one changes PLAN_FORMAT's meaning. */

/** Dynamic metadata that the priority_group cluster specifier reads: `{priority_groups: [{name, clusters: [{cluster_name, weight}]}]}`. */
export const METADATA_ROUTE_NAMESPACE = 'outerloop.route';

/** Dynamic metadata that lets an attempt stream find its Exchange: `{id}`; forwarded to the attempt filter only. */
export const METADATA_EXCHANGE_NAMESPACE = 'outerloop.exchange';

/** gRPC initial metadata of an ext_proc stream: which listener it comes from, and whether it is a `front` or an `attempt` stream. */
export const GRPC_LISTENER_KEY = 'x-outerloop-listener';
export const GRPC_ROLE_KEY = 'x-outerloop-role';
export type StreamRole = 'front' | 'attempt';

/** Request header on the egress listener that names the Envoy cluster; removed before the request leaves. */
export const EGRESS_UPSTREAM_HEADER = 'x-outerloop-upstream';

/**
 * Response header that Envoy's router adds to every answer that came from an upstream, so that the sidecar can tell
 * such answers from Envoy's own replies; the sidecar removes it.
 */
export const FROM_UPSTREAM_HEADER = 'x-outerloop-from-upstream';

/** Prefixes of headers that clients must not be able to set and upstreams must not see. */
export const INTERNAL_HEADER_PREFIXES = ['x-outerloop-', 'x-arch-'] as const;

/** Headers with an internal prefix that a client may send. */
export const CLIENT_HEADER_EXCEPTIONS = [
  'x-outerloop-debug',
  'x-arch-llm-provider-hint',
  'x-arch-ratelimit-selector',
] as const;
