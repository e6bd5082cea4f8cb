import type { UpstreamPlan } from '../config/plan';
import { isIpLiteral } from './address';
import { because, extension, type EnvoyObject } from './resource';

/** What TLS needs to know of an upstream. */
type TlsPlace = Pick<UpstreamPlan, 'host' | 'authority' | 'http2'>;

/**
 * TLS towards an upstream: server name, chain and name are all checked (UpstreamTlsContext).
 *
 * @param caPath PEM bundle of trusted authorities
 */
export function upstreamTls(upstream: TlsPlace, caPath: string): EnvoyObject {
  const name = certificateName(upstream);
  const byAddress = isIpLiteral(name);
  return extension(
    'envoy.transport_sockets.tls',
    'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    because(
      {
        ...(byAddress ? {} : { sni: name }),
        common_tls_context: {
          tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
          alpn_protocols: upstream.http2 === 'alpn' ? ['h2', 'http/1.1'] : ['http/1.1'],
          validation_context: because(
            {
              trusted_ca: { filename: caPath },
              match_typed_subject_alt_names: [{ san_type: byAddress ? 'IP_ADDRESS' : 'DNS', matcher: { exact: name } }],
            },
            {
              match_typed_subject_alt_names:
                'A trusted chain alone would accept any certificate of any site. Wildcard certificates match too.',
            },
          ),
        },
      },
      {
        sni: 'Fixed per cluster: taken from the request, a retry at another provider would still carry the first one’s name.',
      },
    ),
  );
}

/** The name that the certificate must carry: the host, or for an address the name given as http_host. */
function certificateName({ host, authority }: TlsPlace): string {
  if (!isIpLiteral(host)) return host;
  const withoutPort = authority.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return withoutPort === '' ? host : withoutPort;
}
