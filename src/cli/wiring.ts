import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Wiring } from '../config/plan';
import { CommandFailure } from './failure';

/** Folder for state, logs and caches: OUTERLOOP_HOME, else ~/.outerloop. Absolute. */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  return env.OUTERLOOP_HOME ? resolve(env.OUTERLOOP_HOME) : join(homedir(), '.outerloop');
}

/**
 * The wiring that `compile` and `serve` share when nothing else is said, so that what one prints fits what the other
 * opens: Unix sockets below the home folder; for a TCP sidecar the egress listener takes the next port on loopback.
 */
export function defaultWiring(env: NodeJS.ProcessEnv, sidecarAddress?: string, egressAddress?: string): Wiring {
  const runFolder = join(homeFolder(env), 'run');
  const sidecar =
    sidecarAddress === undefined ? `unix:${join(runFolder, 'sidecar.sock')}` : readAddress(sidecarAddress);
  const egress = egressAddress === undefined ? defaultEgress(sidecar, runFolder) : readAddress(egressAddress);
  return { sidecar, egress, admin: { address: '127.0.0.1', port: 0 } };
}

function defaultEgress(sidecar: string, runFolder: string): string {
  const tcp = /:(\d+)$/.exec(sidecar);
  if (sidecar.startsWith('unix:') || tcp === null) return `unix:${join(runFolder, 'egress.sock')}`;
  const port = Number(tcp[1]);
  return `127.0.0.1:${port < 65_535 ? port + 1 : port - 1}`;
}

/** `unix:PATH` (made absolute), a bare absolute path, or `HOST:PORT`; anything else is a usage failure. */
export function readAddress(text: string): string {
  const socket = text.startsWith('unix:') ? text.slice('unix:'.length).replace(/^\/\/(?=\/)/, '') : '';
  if (socket !== '') return `unix:${resolve(socket)}`;
  if (isAbsolute(text)) return `unix:${text}`;
  const tcp = /^(\[[^\]]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  if (tcp?.[2] !== undefined && Number(tcp[2]) >= 1 && Number(tcp[2]) <= 65_535) return text;
  throw new CommandFailure(`"${text}" is not an address.`, {
    fix: 'Write unix:/path/to/socket or HOST:PORT, for example 127.0.0.1:9191.',
    exitCode: 2,
  });
}
