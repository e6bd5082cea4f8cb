import { defined } from './defined';
import type { NeutralError } from './error-shape';
import { bodyText } from './json/body';
import { parseJson } from './json/raw';
import { asFilled, asNumber, asObject, asObjects, isObject, type JsonObject } from './json/read';

/** Text of an error page that is shown; more helps nobody. */
const MAX_MESSAGE_CHARACTERS = 4_000;

/**
 * Reads an error answer, whoever wrote it: OpenAI's `{error: {…}}`, Anthropic's `{type: 'error', error: {…}}`, Google's
 * (which may sit in an array), `{message}`, `{detail}`, `{error: 'text'}`, or a proxy's page. The upstream's message
 * stays verbatim, the status stays what it was.
 */
export function readUpstreamError(status: number, body: Buffer): NeutralError {
  const text = bodyText(body).trim();
  const envelope = parseEnvelope(text);
  const message = envelope === undefined ? undefined : messageOf(envelope);
  if (envelope === undefined || message === undefined) return { status, message: plainMessage(status, text) };
  const error = asObject(envelope['error']) ?? envelope;
  return {
    status,
    message,
    ...defined({
      type: asFilled(error['type']) ?? asFilled(error['status']),
      code: asFilled(error['code']),
      param: asFilled(error['param']),
    }),
  };
}

/** An error that came with status 200: `{error: …}` where an answer should be. */
export function isErrorBody(body: JsonObject): boolean {
  return body['type'] === 'error' || (body['error'] !== undefined && body['error'] !== null);
}

/** Status for an error that came with status 200, when it names one. */
export function statusInBody(body: JsonObject): number | undefined {
  const code = asNumber(asObject(body['error'])?.['code']);
  return code !== undefined && code >= 400 && code <= 599 ? code : undefined;
}

function parseEnvelope(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : asObjects(value)[0];
  } catch {
    return undefined;
  }
}

function messageOf(envelope: JsonObject): string | undefined {
  const error = envelope['error'];
  const nested = asObject(error)?.['message'];
  const detail = envelope['detail'];
  return (
    asFilled(nested) ??
    asFilled(error) ??
    asFilled(envelope['message']) ??
    asFilled(detail) ??
    asFilled(asObjects(detail)[0]?.['msg'])
  );
}

function plainMessage(status: number, text: string): string {
  if (text === '') return `The upstream answered with status ${status} and no message.`;
  return text.length > MAX_MESSAGE_CHARACTERS ? `${text.slice(0, MAX_MESSAGE_CHARACTERS)}…` : text;
}
