import { errorTypeOf, type NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';

/**
 * OpenAI's error envelope, shared by chat completions and Responses: `{error: {message, type, param, code}}`.
 * `type` stays inside the published words; an upstream's own word survives in `code`.
 */
export function openaiError(error: NeutralError): JsonObject {
  const code = error.code ?? error.type ?? null;
  return { error: { message: error.message, type: errorTypeOf(error.status), param: error.param ?? null, code } };
}

/** In a chat stream: one data event with the envelope, and nothing after it. */
export function openaiStreamError(error: NeutralError): SseEvent {
  return { data: JSON.stringify(openaiError(error)) };
}
