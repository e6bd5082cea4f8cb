import { lstat, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { CommandFailure, systemErrorCode } from './failure';

/**
 * Prepares the place of a Unix socket that is about to be bound: its folder exists and nothing is in the way. A socket
 * that a dead process left behind is removed. Does nothing for `host:port`.
 * @throws CommandFailure when somebody listens there already, or when something else than a socket is there.
 */
export async function makeRoomForSocket(address: string): Promise<void> {
  if (!address.startsWith('unix:')) return;
  const path = address.slice('unix:'.length);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const entry = await lstat(path).catch(() => undefined);
  // Connecting to an ordinary file is refused like connecting to a dead socket is, and a file must never be removed.
  if (entry !== undefined && !entry.isSocket()) {
    throw new CommandFailure(`${path} is not a socket, so the sidecar cannot listen there.`, {
      fix: 'Choose a path where nothing is yet, for example with --listen unix:/run/outerloop/sidecar.sock.',
    });
  }
  const code = await tryToConnect(path);
  if (code === 'ENOENT') return;
  if (code !== 'ECONNREFUSED') {
    throw new CommandFailure(`${path} is in use${code === undefined ? ' by another sidecar' : ` (${code})`}.`, {
      fix: 'Stop that one, or choose another place with --listen.',
    });
  }
  await rm(path, { force: true });
}

/** Undefined when somebody answers, else the system's error code. */
function tryToConnect(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error) => resolve(systemErrorCode(error) ?? 'UNKNOWN'));
  });
}
