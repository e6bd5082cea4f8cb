import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListenerType } from '../config';
import { systemErrorCode } from './failure';
import { type Instance, instanceOf, instancesFolder, removeSockets } from './instance';
import { endProcess, isRunning, type ProcessIdentity } from './processes';

const STATE_FORMAT = 1;
const ORPHAN_GRACE_MS = 3_000;

export interface ListenerState {
  readonly name: string;
  readonly type: ListenerType;
  readonly address: string;
  readonly port: number;
}

/** What a running instance tells other commands. Holds no secret; the file is readable by its owner only. */
export interface InstanceState {
  readonly format: typeof STATE_FORMAT;
  readonly configFile: string;
  /** `degraded` while Envoy or the sidecar is being restarted. */
  readonly phase: 'starting' | 'running' | 'degraded' | 'stopping';
  readonly planHash: string;
  readonly listeners: readonly ListenerState[];
  readonly supervisor: ProcessIdentity;
  readonly envoy?: { readonly process: ProcessIdentity; readonly adminAddress?: string };
  readonly sidecar?: {
    readonly process: ProcessIdentity;
    readonly address?: string;
    readonly metricsAddress?: string;
  };
}

export function firstState(instance: Instance, supervisor: ProcessIdentity): InstanceState {
  return {
    format: STATE_FORMAT,
    configFile: instance.configFile,
    phase: 'starting',
    planHash: '',
    listeners: [],
    supervisor,
  };
}

/** The recorded state, undefined when nothing is recorded or the file is unreadable. */
export async function readState(stateFile: string): Promise<InstanceState | undefined> {
  try {
    const state = JSON.parse(await readFile(stateFile, 'utf8')) as InstanceState;
    return state.format === STATE_FORMAT ? state : undefined;
  } catch {
    return undefined;
  }
}

async function writeBeside(stateFile: string, state: InstanceState): Promise<string> {
  const temporary = `${stateFile}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  return temporary;
}

export async function writeState(instance: Instance, state: InstanceState): Promise<void> {
  await rename(await writeBeside(instance.stateFile, state), instance.stateFile);
}

export async function removeState(instance: Instance): Promise<void> {
  await rm(instance.stateFile, { force: true });
}

/**
 * Takes the instance for this process: of two that try at once, one wins. Resolves with the state of the
 * one that already runs, or with undefined when it is ours now.
 */
export async function claim(instance: Instance, state: InstanceState): Promise<InstanceState | undefined> {
  const temporary = await writeBeside(instance.stateFile, state);
  try {
    for (;;) {
      const running = await runningState(instance);
      if (running !== undefined) return running;
      try {
        await link(temporary, instance.stateFile);
        return undefined;
      } catch (reason) {
        if (systemErrorCode(reason) !== 'EEXIST') throw reason;
        // Written by another version or damaged: nobody can be asked about it.
        if ((await readState(instance.stateFile)) === undefined) await removeState(instance);
      }
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * The state of an instance whose supervisor lives. What a killed supervisor left behind is cleaned up on
 * the way: its processes are ended and its state forgotten.
 */
export async function runningState(instance: Instance): Promise<InstanceState | undefined> {
  const state = await readState(instance.stateFile);
  if (state === undefined) return undefined;
  if (await isRunning(state.supervisor)) return state;
  for (const part of [state.envoy, state.sidecar]) {
    if (part !== undefined) await endProcess(part.process, ORPHAN_GRACE_MS);
  }
  await forgetStale(instance, state);
  return undefined;
}

/** Removes a dead supervisor's state, but never one that a faster command has put in its place meanwhile. */
async function forgetStale(instance: Instance, stale: InstanceState): Promise<void> {
  const aside = `${instance.stateFile}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(instance.stateFile, aside);
  } catch (reason) {
    if (systemErrorCode(reason) === 'ENOENT') return;
    throw reason;
  }
  const moved = await readState(aside);
  if (moved !== undefined && moved.supervisor.pid !== stale.supervisor.pid) {
    await rename(aside, instance.stateFile);
    return;
  }
  await removeSockets(instance);
  await rm(aside, { force: true });
}

/** All instances that run under this home folder. */
export async function runningInstances(home: string): Promise<{ instance: Instance; state: InstanceState }[]> {
  const names = await readdir(instancesFolder(home)).catch(() => []);
  const found: { instance: Instance; state: InstanceState }[] = [];
  for (const name of names) {
    const recorded = await readState(join(instancesFolder(home), name, 'state.json'));
    if (recorded === undefined) continue;
    const instance = instanceOf(home, recorded.configFile);
    const state = await runningState(instance);
    if (state !== undefined) found.push({ instance, state });
  }
  return found;
}
