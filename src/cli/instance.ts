import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Wiring } from '../config';
import { CommandFailure } from './failure';

/** Every file of one instance. An instance belongs to one configuration path. */
export interface Instance {
  /** Absolute path of the configuration, symbolic links of its folder resolved. */
  readonly configFile: string;
  readonly folder: string;
  readonly stateFile: string;
  /** Directory form of the compiled resources, watched by Envoy. */
  readonly envoyFolder: string;
  readonly logFolder: string;
  /** Written by Envoy: the address its admin listens on. */
  readonly adminAddressFile: string;
  /** Holds the Unix sockets; below the system's temporary folder when `folder` is too deep for a socket path. */
  readonly socketFolder: string;
}

/** macOS allows 103 bytes for the path of a Unix socket, Linux 107; some room is left for a suffix. */
const MAX_SOCKET_PATH_BYTES = 100;
const LONGEST_SOCKET_NAME = 'sidecar.sock';

export function instancesFolder(home: string): string {
  return join(home, 'instances');
}

/** The instance of a configuration path. Pure but for resolving the symbolic links of the path's folder. */
export function instanceOf(home: string, configPath: string): Instance {
  const configFile = canonicalPath(configPath);
  const name = shortHash(configFile);
  const folder = join(instancesFolder(home), name);
  return {
    configFile,
    folder,
    stateFile: join(folder, 'state.json'),
    envoyFolder: join(folder, 'envoy'),
    logFolder: join(folder, 'logs'),
    adminAddressFile: join(folder, 'admin-address.txt'),
    socketFolder: fitsSocketPath(folder) ? folder : join(privateTemporaryFolder(), shortHash(folder)),
  };
}

/** How the parts of a running instance reach each other. */
export function instanceWiring(instance: Instance, adminPort: number): Wiring {
  return {
    sidecar: `unix:${join(instance.socketFolder, 'sidecar.sock')}`,
    egress: `unix:${join(instance.socketFolder, 'egress.sock')}`,
    admin: { address: '127.0.0.1', port: adminPort },
    logDirectory: instance.logFolder,
  };
}

/**
 * Makes the folders of an instance, closed to other users.
 * @throws CommandFailure when the temporary folder for its sockets belongs to somebody else.
 */
export async function createFolders(instance: Instance): Promise<void> {
  for (const folder of [instance.folder, instance.envoyFolder, instance.logFolder]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  if (instance.socketFolder === instance.folder) return;
  await ownPrivateFolder(dirname(instance.socketFolder));
  await ownPrivateFolder(instance.socketFolder);
}

/** Removes what only makes sense while the instance runs; logs and compiled files stay for reading. */
export async function removeSockets(instance: Instance): Promise<void> {
  await rm(instance.adminAddressFile, { force: true });
  for (const name of ['sidecar.sock', 'egress.sock']) await rm(join(instance.socketFolder, name), { force: true });
  if (instance.socketFolder !== instance.folder) await rm(instance.socketFolder, { recursive: true, force: true });
}

function canonicalPath(configPath: string): string {
  const absolute = resolve(configPath);
  try {
    return join(realpathSync(dirname(absolute)), basename(absolute));
  } catch {
    return absolute;
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function fitsSocketPath(folder: string): boolean {
  return Buffer.byteLength(join(folder, LONGEST_SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES;
}

function privateTemporaryFolder(): string {
  const name = `outerloop-${process.getuid?.() ?? 0}`;
  const usual = join(tmpdir(), name);
  return fitsSocketPath(join(usual, '0'.repeat(16))) ? usual : join('/tmp', name);
}

/** A folder in a place that everybody may write to is only trusted when it is a real folder of ours that nobody else can enter. */
async function ownPrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code !== 'EEXIST') throw reason;
  });
  const found = await lstat(folder);
  const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (ours) return;
  throw new CommandFailure(`${folder} is not a private folder of this user; sockets there could be tampered with.`, {
    fix: `Remove it, or set OUTERLOOP_HOME to a shorter path so that it is not needed.`,
  });
}
