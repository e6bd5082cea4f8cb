/** Log lines for people: one short line per entry, in place of JSON. */
import pc from 'picocolors';

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};
// Written by pino itself or shown elsewhere in the line.
const HIDDEN_FIELDS: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name']);

export interface PrettyOptions {
  readonly color: boolean;
}

/** Turns one JSON line of pino into `12:34:56.789 INFO  message key=value`, newline included; other lines pass unchanged. */
export function prettyLine(line: string, options: PrettyOptions): string {
  const entry = parseEntry(line);
  if (entry === undefined) return line;
  const colors = pc.createColors(options.color);
  const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
  const time = typeof entry['time'] === 'number' ? new Date(entry['time']).toISOString().slice(11, 23) : '';
  const level = LEVEL_NAMES[Number(entry['level'])] ?? 'INFO';
  const paint = level === 'ERROR' || level === 'FATAL' ? colors.red : level === 'WARN' ? colors.yellow : colors.cyan;
  const fields = Object.entries(entry)
    .filter(([name]) => !HIDDEN_FIELDS.has(name))
    .map(([name, value]) => ` ${colors.dim(`${plain(name)}=`)}${fieldText(value)}`);
  return `${colors.dim(time)} ${paint(level.padEnd(5))} ${plain(message)}${fields.join('')}\n`;
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /^[\w./:@+-]+$/.test(value) ? value : plain(JSON.stringify(value));
  if (isErrorText(value)) return plain(JSON.stringify(errorText(value)));
  return plain(JSON.stringify(value));
}

interface ErrorText {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly cause?: unknown;
}

function isErrorText(value: unknown): value is ErrorText {
  return typeof value === 'object' && value !== null && 'type' in value && 'message' in value && 'stack' in value;
}

/** `message (CODE) <- message of the cause`; the stack stays in the JSON form. */
function errorText(error: ErrorText): string {
  const own = error.code === undefined ? error.message : `${error.message} (${String(error.code)})`;
  return isErrorText(error.cause) ? `${own} <- ${errorText(error.cause)}` : own;
}

/** Values come from clients and upstreams: no line breaks, no terminal escapes. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
