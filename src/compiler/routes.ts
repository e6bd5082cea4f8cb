import type { ListenerPlan, Plan } from '../config/plan';
import { EGRESS_UPSTREAM_HEADER, METADATA_ROUTE_NAMESPACE } from '../config/names';
import { because, duration, extension, type EnvoyObject } from './resource';
import { NO_ROUTE_CLUSTER } from './resource-names';

/** The only virtual host of a client listener: everything goes where the sidecar says. */
export function candidatesHost(plan: Plan, listener: ListenerPlan): EnvoyObject {
  return because(
    {
      name: 'candidates',
      domains: ['*'],
      request_body_buffer_limit: plan.limits.maxRequestBytes,
      include_request_attempt_count: true,
      routes: [{ name: 'candidates', match: { prefix: '/' }, route: candidatesRoute(plan, listener) }],
    },
    {
      request_body_buffer_limit:
        'overrides.max_request_bytes: more is a 413. Without it, bodies over 1 MiB would be refused or lose their retries.',
      include_request_attempt_count: 'The attempt filter wakes by this count.',
    },
  );
}

function candidatesRoute(plan: Plan, listener: ListenerPlan): EnvoyObject {
  return because(
    {
      inline_cluster_specifier_plugin: { extension: candidateList() },
      auto_host_rewrite: true,
      timeout: duration(listener.timeoutMs),
      retry_policy: failover(),
      hash_policy: prefixHash(plan),
    },
    {
      auto_host_rewrite: 'Each attempt carries the host name of its own upstream.',
      timeout: 'Total time of the request, streamed answer included.',
    },
  );
}

function candidateList(): EnvoyObject {
  return extension(
    'envoy.router.cluster_specifier_plugin.priority_group',
    'envoy.extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupClusterSpecifier',
    because(
      {
        override_metadata_namespace: METADATA_ROUTE_NAMESPACE,
        priority_groups: [{ name: 'none', clusters: [{ cluster_name: NO_ROUTE_CLUSTER, weight: 1 }] }],
      },
      {
        override_metadata_namespace:
          'The sidecar writes this request’s ordered candidates here: attempt 1 takes the first group, each retry the next.',
        priority_groups: 'Without a decision nothing leaves.',
      },
    ),
  );
}

function failover(): EnvoyObject {
  return because(
    {
      num_retries: 0,
      refresh_cluster_on_retry: true,
      retry_back_off: { base_interval: duration(25), max_interval: duration(250) },
    },
    {
      num_retries:
        'The sidecar says per request how often and after what: x-envoy-max-retries, x-envoy-retry-on, x-envoy-retriable-status-codes.',
      refresh_cluster_on_retry: 'A retry goes to the next candidate, not to the same one again.',
      retry_back_off: 'Short, because the next candidate is usually another upstream.',
    },
  );
}

/** The only virtual host of the egress listener: the sidecar names the upstream. */
export function egressHost(plan: Plan): EnvoyObject {
  return because(
    {
      name: 'egress',
      domains: ['*'],
      request_body_buffer_limit: plan.limits.maxRequestBytes,
      include_request_attempt_count: true,
      routes: [
        {
          name: 'egress',
          match: { prefix: '/', headers: [{ name: EGRESS_UPSTREAM_HEADER, present_match: true }] },
          route: because(
            {
              cluster_header: EGRESS_UPSTREAM_HEADER,
              auto_host_rewrite: true,
              timeout: duration(longestTimeoutMs(plan)),
              hash_policy: prefixHash(plan),
            },
            { timeout: 'An upper bound: the sidecar sets x-envoy-upstream-rq-timeout-ms per call.' },
          ),
          request_headers_to_remove: [EGRESS_UPSTREAM_HEADER],
        },
      ],
    },
    { include_request_attempt_count: 'Always 1 here, which keeps the attempt filter of the clusters asleep.' },
  );
}

/** The longest that any request may take, hence any call made for one. */
export function longestTimeoutMs(plan: Plan): number {
  return Math.max(30_000, ...plan.listeners.map((listener) => listener.timeoutMs));
}

function prefixHash(plan: Plan): readonly EnvoyObject[] | undefined {
  if (!plan.upstreams.some((upstream) => upstream.prefixAffinity)) return undefined;
  return [{ header: { header_name: 'x-plano-prefix-hash' } }];
}
