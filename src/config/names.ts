/** Names that the compiled Envoy resources and the sidecar must agree on. Changing one changes PLAN_FORMAT's meaning. */

/** Dynamic metadata that the priority_group cluster specifier reads: `{priority_groups: [{name, clusters: [{cluster_name, weight}]}]}`. */
export const METADATA_ROUTE_NAMESPACE = 'outerloop.route';

/** Dynamic metadata that lets an attempt stream find its Exchange: `{id}`; forwarded to the attempt filter only. */
export const METADATA_EXCHANGE_NAMESPACE = 'outerloop.exchange';

/** Keys of METADATA_EXCHANGE_NAMESPACE that say who an attempt asks; the last attempt's values stay for the access logs. */
export const ANSWERER_KEYS = ['provider', 'model', 'api'] as const;

/** Dynamic metadata with the token counts of an answer, as its vendor counts them: numbers under UsageKey names (wire). */
export const METADATA_USAGE_NAMESPACE = 'outerloop.usage';

/** Cluster that calls the same place as `upstream` and lets the sidecar look into answers before their headers go on. */
export function peekedCluster(upstream: string): string {
  return `${upstream}/peek`;
}

/** Field of METADATA_EXCHANGE_NAMESPACE with status and headers of the latest failed attempt, one per line. */
export const NOTED_ANSWER_FIELD = 'answer';

/** Headers of a failed answer that say when the upstream may be asked again. */
export const NOTED_ANSWER_HEADERS = [
  'date',
  'retry-after',
  'retry-after-ms',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'anthropic-ratelimit-requests-remaining',
  'anthropic-ratelimit-requests-reset',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-tokens-reset',
  'anthropic-ratelimit-input-tokens-remaining',
  'anthropic-ratelimit-input-tokens-reset',
  'anthropic-ratelimit-output-tokens-remaining',
  'anthropic-ratelimit-output-tokens-reset',
] as const;

/** gRPC initial metadata of an ext_proc stream: which listener it comes from, and whether it is a `front` or an `attempt` stream. */
export const GRPC_LISTENER_KEY = 'x-outerloop-listener';
export const GRPC_ROLE_KEY = 'x-outerloop-role';
export type StreamRole = 'front' | 'attempt' | 'peek';

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
