/** Outerloop as a user starts it: a configuration file and `outerloop up --detach`. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from './free-port';
import { waitForHttp, type System } from './system';
import { ANTHROPIC_MODEL, OPENAI_MODEL } from './workloads';

const MAIN = resolve(__dirname, '..', 'cli', 'main.js');

export interface OuterloopOptions {
  readonly upstreamPort: number;
  /** For the configuration file. */
  readonly folder: string;
}

export interface OuterloopSystem extends System {
  /** The Envoy that it runs, so that the floor can run the same one in the same way. */
  readonly envoyBinary: string;
  readonly envoyConcurrency: number;
}

interface Status {
  readonly envoy: { readonly pid: number; readonly adminAddress: string };
  readonly sidecar: { readonly pid: number };
}

export async function startOuterloop(options: OuterloopOptions): Promise<OuterloopSystem> {
  const port = await freePort();
  const file = join(options.folder, 'config.yaml');
  writeFileSync(file, configuration(port));
  const upstream = `http://127.0.0.1:${options.upstreamPort}`;
  const environment = {
    ...process.env,
    OPENAI_API_KEY: 'bench',
    ANTHROPIC_API_KEY: 'bench',
    OUTERLOOP_BASE_URL_OPENAI: upstream,
    OUTERLOOP_BASE_URL_ANTHROPIC: upstream,
  };
  await runOuterloop(['up', file, '--detach'], environment);
  const stop = (): Promise<void> => runOuterloop(['down', file], environment);
  try {
    await waitForHttp(`http://127.0.0.1:${port}/healthz`, 30_000);
    const statusText = execFileSync(process.execPath, [MAIN, 'status', file, '--format', 'json'], { encoding: 'utf8' });
    const { envoy, sidecar } = JSON.parse(statusText) as Status;
    return {
      name: 'Outerloop',
      origin: `http://127.0.0.1:${port}`,
      processes: [
        { name: 'envoy', pid: envoy.pid },
        { name: 'sidecar', pid: sidecar.pid },
      ],
      admin: `http://${envoy.adminAddress.replace(/^http:\/\//, '')}`,
      envoyBinary: readlinkSync(`/proc/${envoy.pid}/exe`),
      envoyConcurrency: concurrencyOf(envoy.pid),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(port: number): string {
  return `version: v0.3.0
model_providers:
  - model: openai/${OPENAI_MODEL}
    access_key: $OPENAI_API_KEY
    default: true
  - model: anthropic/${ANTHROPIC_MODEL}
    access_key: $ANTHROPIC_API_KEY
listeners:
  - type: model
    name: bench
    address: 127.0.0.1
    port: ${port}
`;
}

function runOuterloop(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((done, fail) => {
    // Standard output goes to ours: a detached child must not hold a pipe that nobody reads.
    const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', fail);
    child.once('exit', (code) => {
      if (code === 0) done();
      else fail(new Error(`outerloop ${args[0]} ended with code ${code}; its messages are above`));
    });
  });
}

/** Envoy starts one worker per hardware thread unless it was told a number. */
function concurrencyOf(envoyPid: number): number {
  const args = readFileSync(`/proc/${envoyPid}/cmdline`, 'utf8').split('\0');
  const given = Number(args[args.indexOf('--concurrency') + 1]);
  return args.includes('--concurrency') && given > 0 ? given : hardwareThreads();
}

function hardwareThreads(): number {
  return Number(execFileSync('nproc', { encoding: 'utf8' }));
}
