import { peekedCluster } from '../config/names';
import type { UpstreamPlan } from '../config/plan';
import { isIpLiteral } from './address';
import { upstreamCluster } from './cluster';
import { HTTP_PROTOCOL_OPTIONS, upstreamLimits } from './cluster-settings';
import { because, duration, extension, statName, typed, type EnvoyObject } from './resource';
import { UNREACHABLE_CLUSTER } from './resource-names';
import { peekedFilters, plainFilters } from './upstream-filters';

/**
 * The clusters of an upstream that a request may fail over to (or from).
 *
 * Envoy retries a refused connection, but not a cluster without hosts: a candidate whose name cannot be resolved would
 * end the request instead of leaving it to the next candidate. So a named candidate is an aggregate of its DNS cluster
 * and of one that always refuses. The aggregate keeps the Plan's id; routes, retries and the sidecar see only that.
 */
export function candidateClusters(
  upstream: UpstreamPlan,
  { caPath, filters, peekMs }: CandidateOptions,
): readonly EnvoyObject[] {
  const { id } = upstream;
  const named = !isIpLiteral(upstream.host) && upstream.host !== 'localhost';
  const addresses: UpstreamPlan = named ? { ...upstream, id: `${id}/dns` } : upstream;
  return [
    upstreamCluster(addresses, caPath, named ? plainFilters() : filters),
    ...(named ? [orRefused(upstream, { name: id, addresses: addresses.id, filters })] : []),
    ...(peekMs === undefined
      ? []
      : [
          orRefused(upstream, {
            name: peekedCluster(id),
            addresses: addresses.id,
            filters: peekedFilters(upstream, peekMs),
          }),
        ]),
  ];
}

interface CandidateOptions {
  readonly caPath: string;
  /** HTTP filters that run per attempt; the codec last. */
  readonly filters: readonly EnvoyObject[];
  /** Absent: no failover of the Plan looks into answers. Else the longest that one may be held back. */
  readonly peekMs: number | undefined;
}

interface CandidateCluster {
  readonly name: string;
  /** Cluster that makes the connections. */
  readonly addresses: string;
  readonly filters: readonly EnvoyObject[];
}

function orRefused(upstream: UpstreamPlan, { name, addresses, filters }: CandidateCluster): EnvoyObject {
  const settings = because(
    { clusters: [addresses, UNREACHABLE_CLUSTER] },
    {
      clusters:
        'The second one answers only while the name of the first cannot be resolved: a refused connection goes on to the next candidate, a cluster without hosts would not.',
    },
  );
  return {
    name,
    alt_stat_name: statName(name),
    cluster_type: extension(
      'envoy.clusters.aggregate',
      'envoy.extensions.clusters.aggregate.v3.ClusterConfig',
      settings,
    ),
    lb_policy: 'CLUSTER_PROVIDED',
    connect_timeout: duration(upstream.connectTimeoutMs),
    circuit_breakers: upstreamLimits(),
    typed_extension_protocol_options: {
      [HTTP_PROTOCOL_OPTIONS]: typed(HTTP_PROTOCOL_OPTIONS, {
        explicit_http_config: because(
          { http_protocol_options: {} },
          { http_protocol_options: 'Of no effect: connections are those of the cluster behind.' },
        ),
        http_filters: filters,
      }),
    },
  };
}

/** Refuses every connection at once. */
export function unreachableCluster(): EnvoyObject {
  return {
    name: UNREACHABLE_CLUSTER,
    alt_stat_name: statName(UNREACHABLE_CLUSTER),
    type: 'STATIC',
    connect_timeout: duration(1000),
    load_assignment: {
      cluster_name: UNREACHABLE_CLUSTER,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: because(
                { address: { pipe: { path: '/dev/null' } } },
                { address: 'Nobody can listen here, so connecting fails at once.' },
              ),
            },
          ],
        },
      ],
    },
  };
}
