import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDirectory } from '../../compiler';
import type { Plan } from '../../config';
import { environmentForChildren } from '../background';
import { createFolders, instanceOf, instanceWiring } from '../instance';
import { identify } from '../processes';
import type { Progress } from '../progress';
import { Supervisor } from '../supervisor';

export interface DrillInstanceOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly envoyBinary: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The Plan for a listener on this port. */
  readonly planFor: (port: number) => Plan;
}

export interface DrillInstance {
  /** Base URL of the listener. */
  readonly url: string;
  /** Ends both processes and removes every file. */
  stop(): Promise<void>;
}

/** An instance of its own in a temporary folder: nothing of a running one is touched. */
export async function startDrillInstance(options: DrillInstanceOptions): Promise<DrillInstance> {
  const { env, envoyBinary, progress } = options;
  const home = await mkdtemp(join(tmpdir(), 'outerloop-drill-'));
  const instance = instanceOf(home, join(home, 'drill'));
  const wiring = instanceWiring(instance, 0);
  const port = await freePort();
  const plan = options.planFor(port);
  let supervisor: Supervisor | undefined;
  const stop = async (): Promise<void> => {
    await supervisor?.stop(0, AbortSignal.abort());
    await rm(home, { recursive: true, force: true });
  };
  try {
    await createFolders(instance);
    await writeDirectory(instance.envoyFolder, plan, wiring);
    supervisor = new Supervisor({
      instance,
      identity: (await identify(process.pid)) ?? { pid: process.pid, startedAt: '' },
      plan,
      wiring,
      secrets: new Map(),
      envoyBinary,
      env: { ...environmentForChildren(env), OUTERLOOP_HOME: home, METRICS_BIND_ADDRESS: '127.0.0.1:0' },
      progress,
    });
    await supervisor.start();
    options.signal.throwIfAborted();
    return { url: `http://127.0.0.1:${port}`, stop };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

/** A port of loopback that nobody has at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
