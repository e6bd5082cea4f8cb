import type { UpstreamPlan } from '../config/plan';
import { isIpLiteral } from './address';
import { because, duration, extension, together, type EnvoyObject } from './resource';

/** How Envoy finds the addresses of a host: the fields of a Cluster that say so. */
export function discovery({ host, prefixAffinity }: Pick<UpstreamPlan, 'host' | 'prefixAffinity'>): EnvoyObject {
  const policy = prefixAffinity ? { lb_policy: 'RING_HASH' } : {};
  if (isIpLiteral(host)) return { type: 'STATIC', ...policy };
  // `localhost` is one server, whichever of its two addresses answers.
  const settings = prefixAffinity && host !== 'localhost' ? manyHosts() : oneHost();
  return {
    cluster_type: extension(
      'envoy.clusters.dns',
      'envoy.extensions.clusters.dns.v3.DnsCluster',
      together(settings, refresh()),
    ),
    ...policy,
  };
}

function oneHost(): EnvoyObject {
  return because(
    { dns_lookup_family: 'ALL', all_addresses_in_single_endpoint: true },
    {
      dns_lookup_family:
        'Both families, tried in turn: `localhost` servers listen on 127.0.0.1 only or on ::1 only, and many networks have no IPv6.',
      all_addresses_in_single_endpoint:
        'One logical host: big providers rotate their addresses, and open connections survive that.',
    },
  );
}

function manyHosts(): EnvoyObject {
  return because(
    { dns_lookup_family: 'V4_PREFERRED', all_addresses_in_single_endpoint: false },
    {
      dns_lookup_family: 'One family, or each server would count as two hosts.',
      all_addresses_in_single_endpoint:
        'Every address is a host of its own, so that equal prompt prefixes meet the same one.',
    },
  );
}

function refresh(): EnvoyObject {
  return because(
    {
      respect_dns_ttl: true,
      dns_failure_refresh_rate: { base_interval: duration(500), max_interval: duration(5000) },
    },
    { dns_failure_refresh_rate: 'A name that appears later (a service just started) is found soon.' },
  );
}
