// Which ports are taken, and by whom.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/** Wildcard and loopback addresses: a listener on any of them is in the way, and not every system reports all overlaps. */
const HOSTS = ['::', '0.0.0.0', '127.0.0.1'];

/** Those of the ports that cannot be listened on. */
export async function busyPorts(ports) {
  const busy = [];
  for (const port of ports) {
    for (const host of HOSTS) {
      if (busy.includes(port) || (await canListen(port, host))) continue;
      busy.push(port);
    }
  }
  return busy;
}

/** Names the process and the command that stops it, as far as this machine tells. */
export function describeBusyPort(port) {
  const pid = process.platform === 'linux' ? pidFromProc(port) : pidFromLsof(port);
  if (pid === undefined) return `by a process of another user (see who: sudo lsof -i :${port})`;
  return `by process ${pid} (${commandOf(pid)}); stop it with: kill ${pid}`;
}

/** True also when this machine lacks the address family. */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? false : undefined),
    );
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** /proc/net/tcp lists listening sockets (state 0A) with their inode; /proc/PID/fd says who holds the inode. */
function pidFromProc(port) {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((file) => readLines(file))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
  return readdirSync('/proc').find(
    (entry) => /^\d+$/.test(entry) && openFiles(entry).some((file) => inodes.includes(file)),
  );
}

function openFiles(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // closed meanwhile
      }
    });
  } catch {
    return []; // ended meanwhile, or another user's
  }
}

function pidFromLsof(port) {
  try {
    return (
      execFileSync('lsof', ['-t', '-nP', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' }).split('\n')[0] ||
      undefined
    );
  } catch {
    return undefined; // lsof exits 1 when it finds nothing
  }
}

function commandOf(pid) {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', pid], { encoding: 'utf8' }).trim().slice(0, 100);
  } catch {
    return readLines(`/proc/${pid}/cmdline`).join(' ').replaceAll('\0', ' ').trim().slice(0, 100);
  }
}

function readLines(file) {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
