/** Makes the fields of a log line safe and small before any logger sees them. */
import { types } from 'node:util';
import { isCredentialName, isTextName, withoutCredentials } from './sensitive-names';

const MAX_DEPTH = 4;
const MAX_ENTRIES = 50;
const MAX_STRING_CHARACTERS = 2_048;
const MAX_CAUSES = 4;
const REDACTED = '[redacted]';

/**
 * Copies `fields` for a log line: credentials and texts are replaced by `[redacted]` at any depth and in any letter case,
 * errors become type, message, code, stack and causes (never their other properties, where HTTP clients keep bodies), bytes
 * become their length, and what is long, wide or deep is cut.
 */
export function safeFields(fields: object): Record<string, unknown> {
  if (isError(fields)) return { err: safeError(fields, 0) };
  return safeEntries(Object.entries(fields), 0);
}

/** A message for a log line: one line, no credentials, bounded. */
export function safeText(text: string): string {
  const clipped = text.length > MAX_STRING_CHARACTERS ? `${text.slice(0, MAX_STRING_CHARACTERS)}…` : text;
  return withoutCredentials(clipped);
}

function safeEntries(entries: Iterable<readonly [unknown, unknown]>, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  let count = 0;
  for (const [key, value] of entries) {
    const name = String(key);
    count += 1;
    if (count > MAX_ENTRIES) {
      safe['…'] = 'more';
      break;
    }
    safe[name] =
      value !== undefined && (isCredentialName(name) || isTextName(name)) ? REDACTED : safeValue(value, depth);
  }
  return safe;
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null) return value;
  if (isError(value)) return safeError(value, 0);
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof URL) return safeText(value.href);
  if (depth >= MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_ENTRIES).map((item: unknown) => safeValue(item, depth + 1));
    return value.length > MAX_ENTRIES ? [...shown, `… ${String(value.length - MAX_ENTRIES)} more`] : shown;
  }
  if (value instanceof Map) return safeEntries(value, depth + 1);
  if (value instanceof Set) return safeValue([...value], depth);
  return safeEntries(Object.entries(value), depth + 1);
}

function safeError(error: Error, causes: number): Record<string, unknown> {
  const code: unknown = 'code' in error ? error.code : undefined;
  const { cause } = error;
  return {
    type: error.name,
    message: safeText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: safeText(error.stack) }),
    ...(isError(cause) && causes < MAX_CAUSES ? { cause: safeError(cause, causes + 1) } : {}),
    // A cause that is no error may be anything, a parsed answer for instance: say what it was, not what it held.
    ...(cause !== undefined && !isError(cause) ? { cause: `[${typeof cause}]` } : {}),
  };
}

/** Errors of other realms (workers' vm contexts, Node's own modules seen from one) are errors too. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
