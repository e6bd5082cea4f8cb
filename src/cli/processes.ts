import { execFile, type ExecFileOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from './failure';

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the system's own notation; empty when the system does not tell. */
  readonly startedAt: string;
}

export interface CommandResult {
  /** Exit code; undefined when the command could not be started or was killed. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started (`ENOENT`, ...). */
  readonly spawnError?: string;
}

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Runs a command to its end and never rejects. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: ExecFileOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      file,
      [...args],
      { maxBuffer: MAX_OUTPUT_BYTES, ...options, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
        const spawnError = typeof error?.code === 'string' ? error.code : undefined;
        resolve({ code, stdout, stderr, ...(spawnError === undefined ? {} : { spawnError }) });
      },
    );
  });
}

/** Start time of a running process, undefined when there is none (a zombie counts as none). */
async function startTime(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    try {
      // The name in parentheses may hold spaces; the fields after it may not. State is field 3, start time field 22.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\)\s/s, '')
        .split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : (fields[19] ?? '');
    } catch {
      return undefined;
    }
  }
  const listed = await runCommand('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  if (listed.spawnError !== undefined) return signalReaches(pid) ? '' : undefined;
  const row = listed.stdout.trim();
  return row === '' || row.startsWith('Z') ? undefined : row.replace(/^\S+\s+/, '');
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    return systemErrorCode(reason) === 'EPERM';
  }
}

export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = await startTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** True when exactly this process still runs. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  const now = await startTime(identity.pid);
  return now !== undefined && (now === identity.startedAt || identity.startedAt === '' || now === '');
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

/** Waits until the process is gone; false when it still runs after the time. */
export async function waitForExit(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isRunning(identity)) {
    if (performance.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}

const KILL_WAIT_MS = 2_000;

/** SIGTERM, then SIGKILL after `graceMs`. True when the process was running at all. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!(await isRunning(identity))) return false;
  signalQuietly(identity.pid, 'SIGTERM');
  if (await waitForExit(identity, graceMs)) return true;
  signalQuietly(identity.pid, 'SIGKILL');
  await waitForExit(identity, KILL_WAIT_MS);
  return true;
}
