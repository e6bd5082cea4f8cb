/** Starts the programs of this folder that run as processes of their own, and talks to them over IPC. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { LoadJob, LoadResult } from './load-generator';

export interface MockUpstream {
  readonly port: number;
  readonly stop: () => void;
}

export async function startMockUpstream(): Promise<MockUpstream> {
  const child = fork(join(__dirname, 'mock-upstream.js'));
  const { port } = (await nextMessage(child)) as { port: number };
  return { port, stop: () => child.kill() };
}

/** Runs one load; `started` is called between warm-up and measurement, `ended` right after it. */
export async function generateLoad(job: LoadJob, started: () => void, ended: () => void): Promise<LoadResult> {
  const child = fork(join(__dirname, 'load-generator.js'));
  child.send(job);
  await nextMessage(child);
  started();
  child.send('go');
  const result = (await nextMessage(child)) as LoadResult;
  ended();
  await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(undefined)));
  return result;
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${child.spawnargs[1]} ended with code ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
