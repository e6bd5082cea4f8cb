import { wireErrors } from '../wire';
import type { DialectId, RenderedError } from '../wire/api';
import { GatewayError, type ErrorCode } from '../wire/errors';
import { because, extension, literalInFormat, type EnvoyObject } from './resource';
import { CLIENT_PATH_STATE } from './resource-names';

/** One reason for which Envoy answers by itself. */
interface LocalReply {
  /** Values of RESPONSE_CODE_DETAILS; a star at the end stands for any rest. */
  readonly details: readonly string[];
  readonly code: ErrorCode;
  readonly message: string;
  /** Absent: the table's. */
  readonly hint?: string;
  /** True: the status Envoy chose says more than the table's. */
  readonly keepStatus?: boolean;
}

/** First match wins. Details that are not listed stay as they are: replies of the sidecar among them. */
const LOCAL_REPLIES: readonly LocalReply[] = [
  {
    details: ['request_payload_too_large'],
    code: 'request_too_large',
    message: 'The request body is larger than this gateway accepts.',
  },
  {
    details: ['ext_proc_error*'],
    code: 'not_ready',
    message: 'The gateway cannot handle requests at the moment: its sidecar does not answer.',
    hint: 'Try again in a moment; if it stays, look at the log of the sidecar.',
  },
  {
    details: [
      'upstream_reset_before_response_started{connection_failure*',
      'upstream_reset_before_response_started{local_connection_failure*',
      'upstream_reset_before_response_started{remote_connection_failure*',
      'upstream_reset_before_response_started{connection_timeout*',
      'no_healthy_upstream',
      'cluster_not_found',
    ],
    code: 'upstream_unreachable',
    message: 'The upstream cannot be reached.',
  },
  {
    details: ['upstream_reset_before_response_started{overflow*', 'overload', 'drop_overload', 'maintenance_mode'],
    code: 'overloaded',
    message: 'The gateway is busy.',
  },
  {
    // "after": the upstream's headers were here, but the sidecar still had them; Envoy then answers by itself.
    details: [
      'upstream_reset_before_response_started{protocol_error*',
      'upstream_reset_after_response_started{protocol_error*',
      'response_payload_too_large',
    ],
    code: 'upstream_malformed',
    message: 'The answer of the upstream cannot be used.',
  },
  {
    details: ['upstream_reset_before_response_started*', 'upstream_reset_after_response_started*'],
    code: 'upstream_reset',
    message: 'The upstream closed the connection before it had answered.',
  },
  {
    details: [
      'response_timeout',
      'upstream_per_try_timeout',
      'upstream_per_try_idle_timeout',
      'upstream_max_stream_duration_reached',
      'max_duration_timeout',
    ],
    code: 'upstream_timeout',
    message: 'The upstream did not answer in time.',
  },
  {
    details: ['stream_idle_timeout', 'request_header_timeout', 'request_overall_timeout'],
    code: 'upstream_timeout',
    message: 'The request was not finished in time.',
    hint: 'Send the request without pauses, or raise the timeout of the listener.',
    keepStatus: true,
  },
  {
    details: [
      'missing_host_header',
      'missing_path_rejected',
      'absolute_path_rejected',
      'path_normalization_failed',
      'http1.*',
      'http2.*',
      'low_version',
    ],
    code: 'invalid_request',
    message: 'This is not a valid HTTP request.',
    hint: 'Correct the request line and the headers.',
    keepStatus: true,
  },
];

const PATHS: readonly { readonly dialect: DialectId; readonly path: string }[] = [
  { dialect: 'anthropic.messages', path: '/v1/messages' },
  { dialect: 'openai.responses', path: '/v1/responses' },
];

/** LocalReplyConfig: what Envoy says itself is said in the caller's API shape, told by the path that the client called. */
export function localReplies(): EnvoyObject {
  return because(
    { mappers: LOCAL_REPLIES.flatMap(mappersOf) },
    {
      mappers:
        'Envoy’s own errors in the shape of the API that was called. Told apart by response code details, so that replies of the sidecar pass untouched.',
    },
  );
}

function mappersOf(reply: LocalReply): EnvoyObject[] {
  const usual = render(reply, 'openai.chat');
  const others = PATHS.flatMap(({ dialect, path }) => {
    const rendered = render(reply, dialect);
    return rendered.body.equals(usual.body) ? [] : [mapper(reply, rendered, calledAt(path))];
  });
  return [...others, mapper(reply, usual)];
}

/** CEL sees filter state as bytes. */
function calledAt(path: string): string {
  return `filter_state['${CLIENT_PATH_STATE}'] == b'${path}'`;
}

function mapper(reply: LocalReply, rendered: RenderedError, condition?: string): EnvoyObject {
  const details = reply.details.map(matches).join(' || ');
  return {
    filter: {
      extension_filter: extension(
        'envoy.access_loggers.extension_filters.cel',
        'envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter',
        { expression: condition === undefined ? details : `(${details}) && ${condition}` },
      ),
    },
    status_code: reply.keepStatus === true ? undefined : rendered.status,
    body_format_override: {
      text_format_source: { inline_string: literalInFormat(rendered.body.toString('utf8')) },
      content_type: rendered.contentType,
    },
  };
}

function matches(details: string): string {
  return details.endsWith('*')
    ? `response.code_details.startsWith('${details.slice(0, -1)}')`
    : `response.code_details == '${details}'`;
}

function render({ code, message, hint }: LocalReply, dialect: DialectId): RenderedError {
  return wireErrors.render(dialect, new GatewayError(code, message, hint === undefined ? {} : { hint }));
}
