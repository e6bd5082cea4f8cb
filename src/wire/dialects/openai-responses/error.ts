import type { NeutralError } from '../../error-shape';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';

/** The API's own `error` event is flat, unlike its error answers. */
export function responsesStreamError(error: NeutralError): SseEvent {
  const { code, type, message, param } = error;
  return {
    event: 'error',
    data: JSON.stringify({ type: 'error', code: code ?? type ?? null, message, param: param ?? null }),
  };
}

/** The `error` member of a failed response; its codes are a published list, of which these are the general ones. */
export function responseError(error: NeutralError): JsonObject {
  const isCallersFault = error.status >= 400 && error.status < 500;
  const code = error.status === 429 ? 'rate_limit_exceeded' : isCallersFault ? 'invalid_prompt' : 'server_error';
  return { code, message: error.message };
}
