import { errorTypeOf, type NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import { asFilled, asObject, type JsonObject } from '../../json/read';

/** Types that only this vendor's APIs use; they say more than the status. */
const OWN_TYPES: ReadonlySet<string> = new Set(['invalid_request_error', 'insufficient_quota', 'server_error']);

/**
 * OpenAI's error envelope, shared by chat completions and Responses: `{error: {message, type, param, code}}`.
 * `type` stays inside the published words; an upstream's own word survives in `code`.
 */
export function openaiError(error: NeutralError): JsonObject {
  const code = error.code ?? error.type ?? null;
  const isOwnWord = error.type !== undefined && OWN_TYPES.has(error.type);
  const type = isOwnWord ? error.type : errorTypeOf(error.status);
  return { error: { message: error.message, type, param: error.param ?? null, code } };
}

/** Whether a body already is that envelope. Google's looks alike but for its `status`, which official clients do not know. */
export function isOpenaiError(body: JsonObject): boolean {
  const error = asObject(body['error']);
  return asFilled(error?.['message']) !== undefined && typeof error?.['status'] !== 'string';
}

/** In a chat stream: one data event with the envelope, and nothing after it. */
export function openaiStreamError(error: NeutralError): SseEvent {
  return { data: JSON.stringify(openaiError(error)) };
}
