import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolders, instanceOf, type Instance } from './instance';
import { claim, firstState, runningInstances, runningState, writeState } from './instance-state';
import { identify, isRunning, type ProcessIdentity } from './processes';

let home: string;
let instance: Instance;
let children: ChildProcess[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'state-'));
  instance = instanceOf(home, join(home, 'config.yaml'));
  await createFolders(instance);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await rm(home, { recursive: true, force: true });
});

async function sleeper(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  children.push(child);
  const identity = await identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('the process did not start');
  return identity;
}

async function ended(): Promise<ProcessIdentity> {
  const identity = await sleeper();
  const child = children.at(-1);
  const gone = child === undefined ? undefined : once(child, 'exit');
  child?.kill('SIGKILL');
  await gone;
  return identity;
}

describe('claim', () => {
  it('gives an instance to one supervisor only', async () => {
    const [first, second] = [await sleeper(), await sleeper()];
    expect(await claim(instance, firstState(instance, first))).toBeUndefined();
    expect(await claim(instance, firstState(instance, second))).toMatchObject({ supervisor: first });
  });

  it('lets one of two win that ask at the same time', async () => {
    const supervisors = [await sleeper(), await sleeper()];
    const answers = await Promise.all(supervisors.map((each) => claim(instance, firstState(instance, each))));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  });

  it('takes over from a supervisor that is gone, and ends what it left behind', async () => {
    const orphan = await sleeper();
    await writeState(instance, { ...firstState(instance, await ended()), envoy: { process: orphan } });
    const own = await sleeper();
    expect(await claim(instance, firstState(instance, own))).toBeUndefined();
    expect(await isRunning(orphan)).toBe(false);
    expect(await runningState(instance)).toMatchObject({ supervisor: own });
  });

  it('replaces a state that cannot be read', async () => {
    await writeFile(instance.stateFile, 'not JSON');
    expect(await claim(instance, firstState(instance, await sleeper()))).toBeUndefined();
  });

  it('leaves a state file that only its owner may read, and nothing beside it', async () => {
    await claim(instance, firstState(instance, await sleeper()));
    expect((await stat(instance.stateFile)).mode & 0o777).toBe(0o600);
    expect((await readdir(instance.folder)).sort()).toEqual(['envoy', 'logs', 'state.json']);
  });
});

describe('runningState', () => {
  it('does not take a later process with the same id for the supervisor', async () => {
    const reused = { ...(await sleeper()), startedAt: 'earlier' };
    await writeState(instance, firstState(instance, reused));
    expect(await runningState(instance)).toBeUndefined();
    expect(await readdir(instance.folder)).not.toContain('state.json');
  });
});

describe('runningInstances', () => {
  it('lists the instances of this home whose supervisor lives', async () => {
    const stale = instanceOf(home, join(home, 'stale.yaml'));
    await createFolders(stale);
    await writeState(stale, firstState(stale, await ended()));
    await writeState(instance, firstState(instance, await sleeper()));
    const found = await runningInstances(home);
    expect(found.map(({ instance: { configFile } }) => configFile)).toEqual([instance.configFile]);
  });
});
