import { describe, expect, it } from '@jest/globals';
import { localReplies } from './local-replies';
import { ERROR_TABLE } from '../wire/errors';

interface Mapper {
  readonly filter: { readonly extension_filter: { readonly typed_config: { readonly expression: string } } };
  readonly status_code?: number;
  readonly body_format_override: { readonly text_format_source: { readonly inline_string: string } };
}

const mappers = (localReplies() as unknown as { mappers: readonly Mapper[] }).mappers;
const expressionOf = (mapper: Mapper): string => mapper.filter.extension_filter.typed_config.expression;

/** The body of the first mapper that Envoy would choose. */
function chosen(details: string, path: string): { status: number | undefined; body: unknown } | undefined {
  const mapper = mappers.find((candidate) => {
    const expression = expressionOf(candidate);
    const starts = [...expression.matchAll(/startsWith\('([^']+)'\)/g)].map(([, start]) => start ?? '');
    const equals = [...expression.matchAll(/code_details == '([^']+)'/g)].map(([, value]) => value ?? '');
    const wanted = /== b'([^']+)'/.exec(expression)?.[1];
    const matches = starts.some((start) => details.startsWith(start)) || equals.includes(details);
    return matches && (wanted === undefined || wanted === path);
  });
  if (mapper === undefined) return undefined;
  // Envoy turns %% into %.
  const text = mapper.body_format_override.text_format_source.inline_string.replaceAll('%%', '%');
  return { status: mapper.status_code, body: JSON.parse(text) };
}

// As Envoy 1.40 wrote them into its access log; one is cut at the ellipsis.
const OBSERVED: readonly (readonly [string, string, number])[] = [
  ['upstream_reset_after_response_started{protocol_error}', 'upstream_malformed', 502],
  ['request_payload_too_large', 'request_too_large', 413],
  ['ext_proc_error_gRPC_error_14{upstream_connect_error_or_disconnect/reset_before_headers._…', 'not_ready', 503],
  ['no_healthy_upstream', 'upstream_unreachable', 503],
  ['cluster_not_found', 'upstream_unreachable', 503],
  [
    'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
    'upstream_unreachable',
    503,
  ],
  ['upstream_reset_before_response_started{connection_termination}', 'upstream_reset', 502],
  ['upstream_reset_before_response_started{protocol_error}', 'upstream_malformed', 502],
  ['response_timeout', 'upstream_timeout', 504],
];

describe('Envoy’s own replies', () => {
  it.each(OBSERVED)('%s is %s (%d) for OpenAI clients', (details, code, status) => {
    expect(chosen(details, '/v1/chat/completions')).toMatchObject({ status, body: { error: { code } } });
  });

  it.each(OBSERVED)('%s has Anthropic’s shape at /v1/messages', (details, _, status) => {
    expect(chosen(details, '/v1/messages')).toMatchObject({ status, body: { type: 'error', error: {} } });
  });

  it.each(['missing_host_header', 'path_normalization_failed', 'http1.codec_error', 'low_version'])(
    '%s keeps its status',
    (details) => {
      expect(chosen(details, '')).toMatchObject({ status: undefined, body: { error: { code: 'invalid_request' } } });
    },
  );

  it('keep the status of requests that were never finished', () => {
    expect(chosen('stream_idle_timeout', '/v1/messages')?.status).toBeUndefined();
  });
});

describe('replies of the sidecar and of upstreams', () => {
  it.each(['', 'via_upstream', 'direct_response', ...Object.keys(ERROR_TABLE)])('pass: "%s"', (details) => {
    expect(chosen(details, '/v1/messages')).toBeUndefined();
  });
});
