import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import { CommandFailure, systemErrorCode } from './failure';
import { runCommand } from './processes';
import { shellWord } from './shell-word';

/** A place that the configuration wants to listen on. */
export interface WantedPort {
  /** Who wants it, for messages: `listener "travel_assistant"`. */
  readonly owner: string;
  readonly address: string;
  readonly port: number;
}

export interface Culprit {
  readonly pid: number;
  /** Command line, clipped. */
  readonly command: string;
}

export interface BlockedPort extends WantedPort {
  /** Code of the system error: EADDRINUSE, EACCES, EADDRNOTAVAIL, ... */
  readonly code: string;
  /** Who holds it, when that can be found out. */
  readonly culprit?: Culprit;
}

const MAX_COMMAND_LENGTH = 120;

/** Tries to bind each place for a moment and returns the ones that cannot be had, all of them. */
export async function findBlockedPorts(wanted: readonly WantedPort[]): Promise<BlockedPort[]> {
  const blocked: BlockedPort[] = [];
  for (const place of wanted) {
    const code = await tryToBind(place.address, place.port);
    if (code === undefined) continue;
    const culprit = code === 'EADDRINUSE' ? await findCulprit(place.port) : undefined;
    blocked.push({ ...place, code, ...(culprit === undefined ? {} : { culprit }) });
  }
  return blocked;
}

/** Undefined when the address is free, else the system's error code. */
export function tryToBind(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(systemErrorCode(error) ?? 'UNKNOWN'));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * One failure that names every blocked port, who holds it and what to do.
 * @param instanceOfPid tells the configuration file when a process belongs to another Outerloop instance.
 */
export function blockedPortsFailure(
  blocked: readonly BlockedPort[],
  instanceOfPid: (pid: number) => string | undefined,
): CommandFailure {
  const lines = blocked.map(
    (place) => `${place.address}:${place.port} (${place.owner}): ${reasonOf(place, instanceOfPid)}`,
  );
  const fixes = [...new Set(blocked.map((place) => fixOf(place, instanceOfPid)))];
  const message = blocked.length === 1 ? 'A port is not free.' : `${blocked.length} ports are not free.`;
  return new CommandFailure(message, { details: lines, fix: fixes.join(' ') });
}

function reasonOf(place: BlockedPort, instanceOfPid: (pid: number) => string | undefined): string {
  if (place.code === 'EACCES') return 'this user may not listen there';
  if (place.code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (place.code !== 'EADDRINUSE') return place.code;
  if (place.culprit === undefined) return 'in use by a process that this user cannot see';
  const { pid, command } = place.culprit;
  const config = instanceOfPid(pid);
  return config === undefined ? `in use by ${command} (pid ${pid})` : `in use by the Outerloop instance of ${config}`;
}

function fixOf(place: BlockedPort, instanceOfPid: (pid: number) => string | undefined): string {
  if (place.code === 'EACCES') return `Choose a port above 1023 for ${place.owner}.`;
  if (place.code === 'EADDRNOTAVAIL') return `Correct the address of ${place.owner}.`;
  const config = place.culprit === undefined ? undefined : instanceOfPid(place.culprit.pid);
  if (config !== undefined) return `Stop it with "outerloop down ${shellWord(config)}".`;
  if (place.culprit !== undefined)
    return `Stop it with "kill ${place.culprit.pid}", or change the port of ${place.owner}.`;
  return `See who holds it with "sudo lsof -nP -iTCP:${place.port} -sTCP:LISTEN", or change the port of ${place.owner}.`;
}

/** The process that listens on a TCP port, if the system lets us see it. */
export async function findCulprit(port: number): Promise<Culprit | undefined> {
  const pid =
    (process.platform === 'linux' ? await listenerFromProc(port) : undefined) ?? (await listenerFromLsof(port));
  return pid === undefined ? undefined : { pid, command: await commandOf(pid) };
}

const TCP_LISTEN = '0A';

async function listenerFromProc(port: number): Promise<number | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
      const fields = line.trim().split(/\s+/);
      const localPort = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
      if (localPort === port && fields[3] === TCP_LISTEN && fields[9] !== undefined)
        inodes.add(`socket:[${fields[9]}]`);
    }
  }
  return inodes.size === 0 ? undefined : holderOf(inodes);
}

async function holderOf(sockets: ReadonlySet<string>): Promise<number | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (sockets.has(target)) return Number(pid);
    }
  }
  return undefined;
}

async function listenerFromLsof(port: number): Promise<number | undefined> {
  const listed = await runCommand('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp']);
  const pid = /^p(\d+)$/m.exec(listed.stdout)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

async function commandOf(pid: number): Promise<string> {
  const fromProc = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const words = fromProc.split('\0').filter((word) => word !== '');
  const line =
    words.length > 0
      ? [basename(words[0] ?? ''), ...words.slice(1)].join(' ')
      : (await runCommand('ps', ['-o', 'command=', '-p', String(pid)])).stdout.trim();
  return line.length > MAX_COMMAND_LENGTH ? `${line.slice(0, MAX_COMMAND_LENGTH)}…` : line || 'a process';
}
