/**
 * Every error a caller can meet, in one closed table. Dialects render them; nobody else invents one.
 * `docs/errors.md` lists the same codes (a test compares both).
 */
export type ErrorKind =
  | 'invalid_request'
  | 'authentication'
  | 'permission'
  | 'not_found'
  | 'timeout'
  | 'too_large'
  | 'rate_limit'
  | 'overloaded'
  | 'upstream'
  | 'internal';

interface ErrorRow {
  readonly status: number;
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  /** One sentence on how to fix it; may be replaced per error by a more specific hint. */
  readonly hint: string;
}

const row = (status: number, kind: ErrorKind, retryable: boolean, hint: string): ErrorRow => ({
  status,
  kind,
  retryable,
  hint,
});

export const ERROR_TABLE = {
  invalid_json: row(400, 'invalid_request', false, 'Send a JSON object as the request body.'),
  invalid_request: row(400, 'invalid_request', false, 'Correct the named field and send the request again.'),
  missing_body: row(400, 'invalid_request', false, 'Send a JSON object as the request body.'),
  unsupported_content_type: row(415, 'invalid_request', false, 'Send the body as application/json.'),
  unknown_path: row(
    404,
    'not_found',
    false,
    'POST to /v1/chat/completions, /v1/messages or /v1/responses; GET /v1/models lists the models.',
  ),
  method_not_allowed: row(405, 'invalid_request', false, 'Use POST for this path.'),
  model_not_found: row(404, 'not_found', false, 'GET /v1/models lists the models of this listener.'),
  no_model: row(
    400,
    'invalid_request',
    false,
    'Name a model in the request, or mark one model_providers entry with default: true.',
  ),
  unsupported_translation: row(
    400,
    'invalid_request',
    false,
    'Call the API that this model speaks, or choose another model.',
  ),
  credential_missing: row(
    401,
    'authentication',
    false,
    'Set the environment variable that the configuration names for this provider.',
  ),
  request_too_large: row(413, 'too_large', false, 'Send a smaller body, or raise overrides.max_request_bytes.'),
  no_agent: row(503, 'internal', true, 'Check the agents of this listener.'),
  agent_failed: row(502, 'upstream', true, 'Look at the log of the named agent.'),
  upstream_unreachable: row(503, 'upstream', true, 'Check that the upstream runs and can be reached.'),
  upstream_timeout: row(504, 'timeout', true, 'Raise the timeout of the listener, or try again.'),
  upstream_reset: row(502, 'upstream', true, 'Try again; look at the log of the upstream if it stays.'),
  upstream_malformed: row(
    502,
    'upstream',
    true,
    'The upstream answered with something that is not its documented format.',
  ),
  overloaded: row(503, 'overloaded', true, 'Try again in a moment.'),
  not_ready: row(503, 'overloaded', true, 'The sidecar is still starting; try again in a moment.'),
  internal: row(500, 'internal', true, 'Try again; the log of the sidecar has the cause.'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export interface GatewayErrorOptions {
  /** Names the part of the request, e.g. `messages[2].content`. */
  readonly param?: string;
  readonly hint?: string;
  /** Overrides the table's status (upstream statuses that must be kept). */
  readonly status?: number;
  /** For logs only; never rendered. */
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
}

/** An error that is safe to show to callers: `message` is public, `cause` stays in logs. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly kind: ErrorKind;
  readonly hint: string;
  readonly retryable: boolean;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'GatewayError';
    const entry: ErrorRow = ERROR_TABLE[code];
    this.code = code;
    this.status = options.status ?? entry.status;
    this.kind = entry.kind;
    this.hint = options.hint ?? entry.hint;
    this.retryable = entry.retryable;
    this.param = options.param;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Turns anything thrown into a GatewayError; unknown things become `internal` with the original as cause. */
  static from(reason: unknown): GatewayError {
    if (reason instanceof GatewayError) return reason;
    return new GatewayError('internal', 'The gateway could not handle this request.', { cause: reason });
  }
}
