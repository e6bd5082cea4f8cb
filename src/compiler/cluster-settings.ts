import { because, type EnvoyObject } from './resource';

/** Type and key of a cluster's HTTP options. */
export const HTTP_PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const PLENTY = 50_000;

/** envoy.config.cluster.v3.CircuitBreakers that do not get in the way. */
export function withoutLimits(): EnvoyObject {
  return {
    thresholds: [{ max_connections: PLENTY, max_pending_requests: PLENTY, max_requests: PLENTY, max_retries: PLENTY }],
  };
}

const UPSTREAM_CONCURRENCY = 10_000;

/** envoy.config.cluster.v3.CircuitBreakers of an upstream. */
export function upstreamLimits(): EnvoyObject {
  return {
    thresholds: [
      because(
        {
          max_connections: UPSTREAM_CONCURRENCY,
          max_pending_requests: UPSTREAM_CONCURRENCY,
          max_requests: UPSTREAM_CONCURRENCY,
          retry_budget: { budget_percent: { value: 100 }, min_retry_concurrency: 1000 },
        },
        {
          max_connections:
            'Model answers stream for minutes, so many are open at once; the default of 1024 would refuse callers without need.',
          retry_budget:
            'When a provider goes down, everybody fails over at the same moment; the default of 3 retries that wait would let only three of them through. Beyond a thousand, no more may wait than requests are under way.',
        },
      ),
    ],
  };
}
