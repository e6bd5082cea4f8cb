import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../errors';
import { parseJson } from './raw';
import { isObject, type JsonObject } from './read';

/**
 * Request bytes to a JSON object. A byte order mark is tolerated (RFC 8259 section 8.1 allows readers to).
 * Throws GatewayError `missing_body` or `invalid_json`; the message never quotes the body, because messages reach logs.
 */
export function parseRequestBody(bytes: Buffer, rawKeys?: ReadonlySet<string>): JsonObject {
  if (!isUtf8(bytes)) throw new GatewayError('invalid_json', 'The request body is not valid UTF-8.');
  const text = bodyText(bytes);
  if (text.trim() === '') throw new GatewayError('missing_body', 'The request body is empty.');
  const value = parseOrThrow(text, rawKeys);
  if (!isObject(value)) throw new GatewayError('invalid_json', 'The request body is JSON, but not an object.');
  return value;
}

/** Upstream bytes to a JSON object; undefined when they are something else. */
export function parseAnswerBody(bytes: Buffer, rawKeys?: ReadonlySet<string>): JsonObject | undefined {
  try {
    const value = parseJson(bodyText(bytes), rawKeys);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Text of a body without its byte order mark; invalid UTF-8 becomes U+FFFD. */
export function bodyText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function parseOrThrow(text: string, rawKeys: ReadonlySet<string> | undefined): unknown {
  try {
    return parseJson(text, rawKeys);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new GatewayError('invalid_request', 'The request body is nested too deeply.', { cause });
    }
    throw new GatewayError('invalid_json', `The request body is not valid JSON${place(cause)}.`);
  }
}

/** Where it broke, from V8's message but without the piece of the body that V8 quotes. */
function place(cause: unknown): string {
  if (!(cause instanceof SyntaxError)) return '';
  const position = /at position (\d+)/.exec(cause.message)?.[1];
  if (position !== undefined) return ` (at character ${position})`;
  return cause.message.startsWith('Unexpected end') ? ' (it ends too early)' : '';
}
