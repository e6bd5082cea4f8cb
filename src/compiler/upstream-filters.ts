import { FROM_UPSTREAM_HEADER, INTERNAL_HEADER_PREFIXES, METADATA_EXCHANGE_NAMESPACE } from '../config/names';
import type { UpstreamPlan } from '../config/plan';
import { answerNote } from './answer-note';
import { attemptFilter, peekFilter } from './ext-proc-filter';
import { because, extension, type EnvoyObject } from './resource';
import { signingFilters } from './signing-filter';

/** HTTP filters of a cluster that takes a client's request, but is never one of several. */
export function agentFilters(): readonly EnvoyObject[] {
  return [skippedOnFirstAttempt(attemptFilter()), borderFilter([lengthOfReplacedBody()]), codec()];
}

/** HTTP filters, run once per attempt, of a cluster that a client's request may fail over to. */
export function candidateFilters(upstream: UpstreamPlan): readonly EnvoyObject[] {
  return [skippedOnFirstAttempt(attemptFilter()), ...outerFilters(upstream)];
}

/** The same where answers must be looked into before their headers go on. */
export function peekedFilters(upstream: UpstreamPlan, longestMs: number): readonly EnvoyObject[] {
  return [peekFilter(longestMs), ...outerFilters(upstream)];
}

function outerFilters(upstream: UpstreamPlan): readonly EnvoyObject[] {
  return [borderFilter([lengthOfReplacedBody()]), answerNote(), ...signingFilters(upstream), codec()];
}

/** HTTP filters of a cluster that only the sidecar calls. */
export function calledFilters(): readonly EnvoyObject[] {
  return [borderFilter([]), codec()];
}

/** HTTP filters of a cluster behind another one, which has its own. */
export function plainFilters(): readonly EnvoyObject[] {
  return [codec()];
}

function codec(): EnvoyObject {
  return extension(
    'envoy.filters.http.upstream_codec',
    'envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec',
  );
}

/** match_delegate around the attempt filter: no stream is opened unless this is a retry. */
function skippedOnFirstAttempt(filter: EnvoyObject): EnvoyObject {
  return extension(
    'outerloop.attempt',
    'envoy.extensions.common.matching.v3.ExtensionWithMatcher',
    because(
      {
        xds_matcher: {
          matcher_tree: {
            input: extension('attempt-count', 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput', {
              header_name: 'x-envoy-attempt-count',
            }),
            exact_match_map: {
              map: {
                '1': { action: extension('skip', 'envoy.extensions.filters.common.matcher.action.v3.SkipFilter') },
              },
            },
          },
        },
        extension_config: filter,
      },
      {
        xds_matcher:
          'The front filter has already rendered the first candidate; only a retry needs the sidecar again. Anything but exactly 1 asks it.',
      },
    ),
  );
}

/** What every message to and from an upstream gets at the border (envoy.filters.http.header_mutation). */
function borderFilter(first: readonly EnvoyObject[]): EnvoyObject {
  return extension('outerloop.border', 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation', {
    mutations: because(
      {
        request_mutations: [
          ...first,
          ...['x-envoy-', ...INTERNAL_HEADER_PREFIXES].map((prefix) => ({
            remove_on_match: { key_matcher: { prefix } },
          })),
        ],
        response_mutations: [
          {
            append: {
              header: { key: FROM_UPSTREAM_HEADER, value: '1' },
              append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
            },
          },
        ],
      },
      {
        request_mutations: 'Names of the gateway’s own are nobody else’s business.',
        response_mutations:
          'Tells the sidecar that a real upstream answered. Headers added on the route would be on Envoy’s own replies as well.',
      },
    ),
  });
}

/** Envoy drops content-length when a body is replaced in the header phase; the attempt reply says the new one. */
function lengthOfReplacedBody(): EnvoyObject {
  return {
    append: because(
      {
        header: {
          key: 'content-length',
          value: `%DYNAMIC_METADATA(${METADATA_EXCHANGE_NAMESPACE}:content_length)%`,
        },
        append_action: 'ADD_IF_ABSENT',
      },
      {
        header: 'Some providers refuse chunked bodies, which a replaced body would become without its length.',
      },
    ),
  };
}
