import type { NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import { asFilled, type JsonObject } from '../../json/read';

/** Cohere's errors are a message; the status says the rest: https://docs.cohere.com/reference/errors */
export function cohereError(error: NeutralError): JsonObject {
  return { message: error.message };
}

/** Whether a body already is that envelope. */
export function isCohereError(body: JsonObject): boolean {
  return asFilled(body['message']) !== undefined && body['error'] === undefined;
}

/** In a stream: the end event, with the reason ERROR and the words beside it. */
export function cohereStreamError(error: NeutralError): SseEvent {
  const delta = { finish_reason: 'ERROR', error: error.message };
  return { event: 'message-end', data: JSON.stringify({ type: 'message-end', delta }) };
}
