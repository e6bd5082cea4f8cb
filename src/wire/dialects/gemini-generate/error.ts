import type { NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import { wordTable } from '../../words';

/** Canonical codes of Google's APIs: https://cloud.google.com/apis/design/errors#handling_errors */
const WORD_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  416: 'OUT_OF_RANGE',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
};

const STATUS_BY_WORD = wordTable<number>({
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
});

/** `{error: {code, message, status}}`; the code repeats the HTTP status. */
export function geminiError(error: NeutralError): JsonObject {
  return { error: { code: error.status, message: error.message, status: statusWord(error) } };
}

export function geminiStreamError(error: NeutralError): SseEvent {
  return { data: JSON.stringify(geminiError(error)) };
}

/** Google's envelope: a numeric code and a status word. */
export function isGeminiError(body: JsonObject): boolean {
  const error = asObject(body['error']);
  return asNumber(error?.['code']) !== undefined && typeof error?.['status'] === 'string';
}

/** HTTP status of an error inside a stream. */
export function statusOfError(error: JsonObject): number {
  const code = asNumber(error['code']);
  if (code !== undefined && code >= 400 && code <= 599) return code;
  return STATUS_BY_WORD[String(error['status'])] ?? 500;
}

function statusWord({ status, type }: NeutralError): string {
  if (type !== undefined && STATUS_BY_WORD[type] === status) return type;
  return WORD_BY_STATUS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
}
