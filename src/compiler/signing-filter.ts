import type { UpstreamPlan } from '../config/plan';
import { because, extension, type EnvoyObject } from './resource';

/**
 * envoy.filters.http.aws_request_signing, behind everything that changes a request, so that each attempt is signed as it
 * leaves: method, path, host and hash of the final body. Envoy finds the credentials itself, refreshes them, and keeps them
 * out of its configuration: environment, profile file, web identity, container or instance metadata.
 */
export function signingFilters({ awsSigning }: UpstreamPlan): readonly EnvoyObject[] {
  if (awsSigning === undefined) return [];
  const { service, region } = awsSigning;
  return [
    extension(
      'outerloop.aws-signing',
      'envoy.extensions.filters.http.aws_request_signing.v3.AwsRequestSigning',
      because(
        {
          service_name: service,
          region,
          match_included_headers: [{ exact: 'content-type' }, { prefix: 'x-amz' }],
        },
        {
          match_included_headers:
            'What is signed must arrive unchanged, so no more than AWS asks for. The host is always signed.',
        },
      ),
    ),
  ];
}
