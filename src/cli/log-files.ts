import { createReadStream } from 'node:fs';
import { open, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const ENVOY_LOG = 'envoy.log';
export const SIDECAR_LOG = 'sidecar.log';
export const SUPERVISOR_LOG = 'supervisor.log';
const ACCESS_LOG = /^access.*\.log$/;

const TAIL_BYTES = 64 * 1024;
const ROTATE_BYTES = 20 * 1024 * 1024;
const POLL_MS = 250;

/** Absolute paths of the logs of an instance: of its processes, or of the requests. */
export async function logFilesOf(logFolder: string, kind: 'processes' | 'access'): Promise<string[]> {
  const names = await readdir(logFolder).catch((): string[] => []);
  const processLogs: readonly string[] = [SUPERVISOR_LOG, SIDECAR_LOG, ENVOY_LOG];
  const wanted =
    kind === 'access'
      ? names.filter((name) => ACCESS_LOG.test(name)).sort()
      : processLogs.filter((name) => names.includes(name));
  return wanted.map((name) => join(logFolder, name));
}

/**
 * Prepares the log folder for a new run: Envoy and the sidecar start with empty logs (the last run's are kept as `.1`), so
 * that the end of a log tells about this run; the other logs go on until they are large.
 */
export async function startNewLogs(logFolder: string): Promise<void> {
  const names = (await readdir(logFolder).catch((): string[] => [])).filter((name) => name.endsWith('.log'));
  for (const name of names) {
    const file = join(logFolder, name);
    const perRun = name === ENVOY_LOG || name === SIDECAR_LOG;
    if (perRun || (await sizeOf(file)) > ROTATE_BYTES) await rename(file, `${file}.1`);
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** The last lines of a file, from `sinceByte` on at the earliest; empty when there is no such file. */
export async function tailOf(file: string, lineCount: number, sinceByte = 0): Promise<string[]> {
  const size = await sizeOf(file);
  const start = Math.max(sinceByte, size - TAIL_BYTES, 0);
  if (size <= start) return [];
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .filter((line) => line !== '');
    // The first line may have been cut by the clip.
    return (start > sinceByte && lines.length > 1 ? lines.slice(1) : lines).slice(-lineCount);
  } finally {
    await handle.close();
  }
}

/**
 * Hands over every line that is appended to the listed files from now on, until the signal aborts. The list is asked for
 * again and again, because access logs appear with the first request; new files are read from their beginning.
 */
export async function followLogs(
  list: () => Promise<readonly string[]>,
  onLine: (file: string, line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const offsets = new Map<string, number>();
  for (const file of await list()) offsets.set(file, await sizeOf(file));
  while (!signal.aborted) {
    for (const file of await list()) offsets.set(file, await readOn(file, offsets.get(file) ?? 0, onLine));
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Reads whole lines from `offset`; returns where to go on. A file that shrank was replaced and is read anew. */
async function readOn(file: string, offset: number, onLine: (file: string, line: string) => void): Promise<number> {
  const size = await sizeOf(file);
  const start = size < offset ? 0 : offset;
  if (size === start) return start;
  let consumed = start;
  const input = createReadStream(file, { start, end: size - 1, encoding: 'utf8' });
  let rest = '';
  for await (const chunk of input as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      consumed += Buffer.byteLength(line) + 1;
      onLine(file, line);
    }
  }
  return consumed;
}
