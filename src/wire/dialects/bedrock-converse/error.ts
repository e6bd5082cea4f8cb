import type { NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';

const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'AccessDeniedException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
};

/** AWS's error body. The type belongs into a header there; `__type` is its older place, which clients still read. */
export function converseError({ status, message }: NeutralError): JsonObject {
  return { __type: typeOf(status), message };
}

export function converseStreamError({ status, message }: NeutralError): SseEvent {
  const type = typeOf(status);
  return { event: type.charAt(0).toLowerCase() + type.slice(1), data: JSON.stringify({ message }) };
}

function typeOf(status: number): string {
  return TYPE_BY_STATUS[status] ?? (status < 500 ? 'ValidationException' : 'InternalServerException');
}
