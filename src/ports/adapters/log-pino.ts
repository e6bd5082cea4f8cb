/** The process's one logger: JSON lines through pino, or short readable lines for terminals. */
import pino from 'pino';
import type { Log } from '../log';
import { safeFields, safeText } from './log-fields';
import { prettyLine } from './log-pretty';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: ReadonlyMap<string, string> = new Map([
  ...['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level): [string, string] => [level, level]),
  ['warning', 'warn'],
  ['critical', 'fatal'],
  ['off', 'silent'],
]);
const STDERR = 2;

export interface LogOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`, in any letter case; anything else means `info`. */
  readonly level: string;
  /** File to append to (its folder is made, mode 0600); absent: standard error. */
  readonly destination?: string;
  /** Short lines for people instead of JSON. */
  readonly pretty?: boolean;
}

/**
 * Makes the logger. Every line is cleaned first (`safeFields`), so that no caller can leak a credential or a body by accident.
 * Lines are written at once: the last ones before a crash are the ones that matter, and the sidecar logs by the minute, not by
 * the request. Throws when the destination cannot be opened.
 */
export function createLog(options: LogOptions): Log {
  const level = LEVELS.get(options.level.trim().toLowerCase());
  // Errors are already described; pino's own serialiser would look into them again.
  const asItIs = (value: unknown): unknown => value;
  const logger = pino({ level: level ?? 'info', base: null, serializers: { err: asItIs } }, openDestination(options));
  const write = (at: LogLevel, fields: object, message: string): void => {
    if (logger.isLevelEnabled(at)) logger[at](safeFields(fields), safeText(message));
  };
  const log: Log = {
    debug: (fields, message) => write('debug', fields, message),
    info: (fields, message) => write('info', fields, message),
    warn: (fields, message) => write('warn', fields, message),
    error: (fields, message) => write('error', fields, message),
  };
  if (level === undefined) log.warn({ level: options.level }, 'unknown log level, using info');
  return log;
}

function openDestination(options: LogOptions): pino.DestinationStream {
  const file = pino.destination({
    dest: options.destination ?? STDERR,
    sync: true,
    append: true,
    mkdir: true,
    mode: 0o600,
  });
  if (options.pretty !== true) return file;
  const color = options.destination === undefined && process.stderr.isTTY;
  return { write: (line: string) => void file.write(prettyLine(line, { color })) };
}
