import { errorTypeOf, type NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import { isObject, type JsonObject } from '../../json/read';

/** Anthropic's error envelope: https://docs.anthropic.com/en/api/errors */
export function anthropicError(error: NeutralError): JsonObject {
  const type = errorTypeOf(error.status);
  return {
    type: 'error',
    error: { type: type === 'server_error' ? 'api_error' : type, message: error.message },
    ...(error.requestId === undefined ? {} : { request_id: error.requestId }),
  };
}

/** Whether a body already is that envelope. */
export function isAnthropicError(body: JsonObject): boolean {
  return body['type'] === 'error' && isObject(body['error']);
}

export function anthropicStreamError(error: NeutralError): SseEvent {
  return { event: 'error', data: JSON.stringify(anthropicError(error)) };
}
