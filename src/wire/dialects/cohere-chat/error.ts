import type { NeutralError } from '../../error-shape';
import { asFilled, type JsonObject } from '../../json/read';

/** Cohere's errors are a message; the status says the rest: https://docs.cohere.com/reference/errors */
export function cohereError(error: NeutralError): JsonObject {
  return { message: error.message };
}

/** Whether a body already is that envelope. */
export function isCohereError(body: JsonObject): boolean {
  return asFilled(body['message']) !== undefined && body['error'] === undefined;
}
