import type { HeaderMap } from './api';
import { awsErrorStatus, awsErrorType } from './aws-error';
import { defined } from './defined';
import { statusOfErrorType, type NeutralError } from './error-shape';
import { bodyText } from './json/body';
import { parseJson } from './json/raw';
import { asFilled, asNumber, asObject, asObjects, isObject, type JsonObject } from './json/read';

/** Text of an error page that is shown; more helps nobody. */
const MAX_MESSAGE_CHARACTERS = 4_000;

/**
 * Reads an error answer, whoever wrote it: OpenAI's `{error: {…}}`, Anthropic's `{type: 'error', error: {…}}`, Google's
 * (which may sit in an array), AWS's `{message}` with its type in a header, `{detail}`, `{error: 'text'}`, or a proxy's
 * page. The upstream's message stays verbatim, the status stays what it was.
 */
export function readUpstreamError(status: number, body: Buffer, headers: HeaderMap = {}): NeutralError {
  const text = bodyText(body).trim();
  const envelope = parseEnvelope(text);
  const message = envelope === undefined ? undefined : messageOf(envelope);
  const error = asObject(envelope?.['error']) ?? envelope ?? {};
  return {
    status,
    message: message ?? plainMessage(status, text),
    ...defined({
      type:
        asFilled(error['type']) ??
        asFilled(error['status']) ??
        awsErrorType(headers['x-amzn-errortype'] ?? asFilled(error['__type'])),
      code: asFilled(error['code']),
      param: asFilled(error['param']),
      requestId: asFilled(envelope?.['request_id']) ?? requestIdIn(headers),
    }),
  };
}

/** The most likely status of an error whose status line is not known (bodies pasted from a log). */
export function statusOfError(body: Buffer, headers: HeaderMap = {}): number {
  const envelope = parseEnvelope(bodyText(body).trim()) ?? {};
  const named = statusInBody(envelope) ?? asNumber(envelope['status_code']) ?? asNumber(envelope['status']);
  if (named !== undefined) return named;
  const { type, code } = readUpstreamError(500, body, headers);
  return awsErrorStatus(type) ?? statusOfErrorType(type, code);
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
    asFilled(envelope['Message']) ??
    asFilled(detail) ??
    asFilled(asObjects(detail)[0]?.['msg'])
  );
}

/** Where vendors name the request, for their support. */
const REQUEST_ID_HEADERS = ['request-id', 'x-request-id', 'x-amzn-requestid', 'apim-request-id'];

function requestIdIn(headers: HeaderMap): string | undefined {
  return REQUEST_ID_HEADERS.map((name) => asFilled(headers[name])).find((id) => id !== undefined);
}

function plainMessage(status: number, text: string): string {
  if (text === '') return `The upstream answered with status ${status} and no message.`;
  return text.length > MAX_MESSAGE_CHARACTERS ? `${text.slice(0, MAX_MESSAGE_CHARACTERS)}…` : text;
}
