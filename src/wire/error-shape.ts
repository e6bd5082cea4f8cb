import type { ErrorKind, GatewayError } from './errors';
import { wordTable } from './words';

/** An error on its way to a caller, no longer tied to who raised it. */
export interface NeutralError {
  /** HTTP status; for errors inside a stream the status the same error would have had as an answer. */
  readonly status: number;
  /** Shown as it is; an upstream's words are never edited. */
  readonly message: string;
  /** Type in the words of the API that raised it. */
  readonly type?: string;
  /** Machine-readable code: ours, or the upstream's own. */
  readonly code?: string;
  readonly param?: string;
  /** The upstream's own name of the request. */
  readonly requestId?: string;
}

/** Error types that OpenAI's and Anthropic's APIs share; where they differ a dialect chooses its own word. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'timeout_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'overloaded_error'
  | 'server_error';

const TYPE_BY_STATUS: Readonly<Record<number, ErrorType>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  // AWS: the model failed, not the request.
  424: 'server_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const TYPE_BY_KIND: Readonly<Record<ErrorKind, ErrorType>> = {
  invalid_request: 'invalid_request_error',
  authentication: 'authentication_error',
  permission: 'permission_error',
  not_found: 'not_found_error',
  timeout: 'timeout_error',
  too_large: 'request_too_large',
  rate_limit: 'rate_limit_error',
  overloaded: 'overloaded_error',
  upstream: 'server_error',
  internal: 'server_error',
};

const STATUS_BY_TYPE = wordTable<number>({
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  billing_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  tokens: 429,
  requests: 429,
  server_error: 500,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
});

export function errorTypeOf(status: number): ErrorType {
  return TYPE_BY_STATUS[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
}

/** Status of an error that came inside a stream, where only its type or code tells what it is. */
export function statusOfErrorType(...words: readonly (string | undefined)[]): number {
  for (const word of words) {
    const status = word === undefined ? undefined : (STATUS_BY_TYPE[word] ?? statusInText(word));
    if (status !== undefined) return status;
  }
  return 500;
}

/** Our own error: one readable text of what happened and how to fix it. */
export function neutralError(error: GatewayError): NeutralError {
  return {
    status: error.status,
    message: sentences(error.message, error.hint),
    type: TYPE_BY_KIND[error.kind],
    code: error.code,
    ...(error.param === undefined ? {} : { param: error.param }),
  };
}

function sentences(message: string, hint: string): string {
  if (hint === '') return message;
  return `${/[.!?]$/.test(message) ? message : `${message}.`} ${hint}`;
}

function statusInText(word: string): number | undefined {
  return /^[45]\d\d$/.test(word) ? Number(word) : undefined;
}
