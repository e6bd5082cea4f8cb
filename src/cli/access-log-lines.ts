import { NO_ROUTE_CLUSTER } from '../compiler';
import { followLogs, logFilesOf } from './log-files';
import type { Terminal } from './terminal';

/** The fields of one access log line (compiler/access-log.ts) that a person wants to see pass by. */
interface AccessLine {
  readonly time?: string;
  readonly listener?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly upstream_cluster?: string | null;
  readonly attempts?: number;
  readonly duration_ms?: number;
  readonly flags?: string;
}

/** Prints one short line per request until the signal aborts. */
export async function followAccessLog(logFolder: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  await followLogs(
    () => logFilesOf(logFolder, 'access'),
    (_file, line) => {
      if (!isProbe(line)) terminal.out(`${shortAccessLine(line, terminal)}\n`);
    },
    signal,
  );
}

/** `14:03:09 travel_assistant POST /v1/chat/completions 200 812 ms agent:weather_agent`; other text is returned as it is. */
export function shortAccessLine(line: string, terminal: Pick<Terminal, 'outColors'>): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { dim, green, red, yellow } = terminal.outColors;
  const status = entry.status ?? 0;
  const paint = status >= 500 ? red : status >= 400 ? yellow : green;
  const parts = [
    dim((entry.time ?? '').slice(11, 19)),
    entry.listener ?? '',
    `${entry.method ?? '-'} ${entry.path ?? '-'}`,
    paint(String(status)),
    `${entry.duration_ms ?? 0} ms`,
    entry.upstream_cluster === NO_ROUTE_CLUSTER ? '' : (entry.upstream_cluster ?? ''),
    (entry.attempts ?? 0) > 1 ? `${entry.attempts} attempts` : '',
    entry.flags !== undefined && entry.flags !== '-' ? dim(entry.flags) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Health probes come every few seconds and say nothing. */
function isProbe(line: string): boolean {
  return parse(line)?.path === '/healthz';
}

function parse(line: string): AccessLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
