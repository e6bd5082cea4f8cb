import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';

const run = promisify(execFile);
const ROOT = path.resolve(__dirname, '../..');
const MAIN = path.join(ROOT, 'dist/cli/main.js');

export interface InstanceOptions {
  /** Plano YAML; `{{port:name}}` becomes a free port, the same one for the same name. */
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Extra arguments for Envoy. */
  readonly envoyArguments?: readonly string[];
}

/** A real Envoy and a real sidecar process, compiled and started the way `compile` and `serve` users do it. */
export interface Instance {
  readonly directory: string;
  readonly adminPort: number;
  readonly metricsAddress: string;
  readonly sidecar: ChildProcess;
  readonly envoy: ChildProcess;
  /** Port that `{{port:name}}` became. */
  port(name: string): number;
  /** Envoy counters and gauges whose name contains `part`. */
  stats(part: string): Promise<ReadonlyMap<string, number>>;
  /** Sum over `stats(part)`. */
  total(part: string): Promise<number>;
  /** What both processes logged so far; printed by tests on failure only. */
  logs(): Promise<string>;
  startSidecar(): Promise<void>;
  stop(): Promise<void>;
}

const PLACEHOLDER = /\{\{port:([a-z0-9_]+)\}\}/g;

export async function freePort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Where the tests take Envoy from: ENVOY_BIN, which scripts/test.mjs sets after finding or fetching it. */
export function envoyBinary(): string {
  const binary = process.env['ENVOY_BIN'];
  if (binary === undefined || binary === '') throw new Error('ENVOY_BIN is not set; run the tests with "npm test"');
  return binary;
}

export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), 'outerloop-test-'));
  const ports = new Map<string, number>();
  for (const [, name] of options.config.matchAll(PLACEHOLDER)) {
    if (name !== undefined && !ports.has(name)) ports.set(name, await freePort());
  }
  const portOf = (name: string): number => {
    const port = ports.get(name);
    if (port === undefined) throw new Error(`the configuration has no {{port:${name}}}`);
    return port;
  };
  const file = path.join(directory, 'config.yaml');
  await fs.writeFile(
    file,
    options.config.replace(PLACEHOLDER, (_, name: string) => String(portOf(name))),
  );
  const instance = new RunningInstance(directory, file, portOf, options);
  try {
    await instance.start();
  } catch (error) {
    const logs = await instance.logs();
    await instance.stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logs}`, { cause: error });
  }
  return instance;
}

class RunningInstance implements Instance {
  adminPort = 0;
  metricsAddress = '';
  sidecar!: ChildProcess;
  envoy!: ChildProcess;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly output: string[] = [];

  constructor(
    readonly directory: string,
    private readonly file: string,
    readonly port: (name: string) => number,
    private readonly options: InstanceOptions,
  ) {
    this.environment = {
      PATH: process.env['PATH'],
      HOME: directory,
      OUTERLOOP_HOME: directory,
      METRICS_BIND_ADDRESS: '127.0.0.1:0',
      LOG_LEVEL: 'debug',
      ...options.env,
    };
  }

  async start(): Promise<void> {
    const compile = [
      'compile',
      this.file,
      '--out',
      path.join(this.directory, 'envoy'),
      '--sidecar',
      this.socket('sidecar'),
    ];
    await run(process.execPath, [MAIN, ...compile, '--egress', this.socket('egress')], { env: this.environment });
    await this.startSidecar();
    await this.startEnvoy();
  }

  async startSidecar(): Promise<void> {
    const args = [MAIN, 'serve', this.file, '--listen', this.socket('sidecar'), '--egress', this.socket('egress')];
    this.sidecar = this.launch('sidecar', process.execPath, args);
    await this.until('the sidecar to listen', async () => {
      const found = /metrics(?:Address)?\W+(127\.0\.0\.1:\d+)/.exec(await this.logs());
      if (found?.[1] !== undefined) this.metricsAddress = found[1];
      return this.metricsAddress !== '' && (await canConnect(path.join(this.directory, 'sidecar.sock')));
    });
  }

  async stats(part: string): Promise<ReadonlyMap<string, number>> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/stats?filter=${encodeURIComponent(part)}`);
    const rows = (await response.text()).split('\n').map((line) => /^(.*): (\d+)$/.exec(line));
    return new Map(rows.filter((row) => row !== null).map((row) => [row[1] ?? '', Number(row[2])]));
  }

  async total(part: string): Promise<number> {
    return [...(await this.stats(part)).values()].reduce((sum, value) => sum + value, 0);
  }

  logs(): Promise<string> {
    return Promise.resolve(this.output.join(''));
  }

  async stop(): Promise<void> {
    for (const child of [this.envoy, this.sidecar] as (ChildProcess | undefined)[]) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await fs.rm(this.directory, { recursive: true, force: true });
  }

  private socket(name: string): string {
    return `unix:${path.join(this.directory, `${name}.sock`)}`;
  }

  private async startEnvoy(): Promise<void> {
    const adminFile = path.join(this.directory, 'admin-address');
    this.envoy = this.launch('envoy', envoyBinary(), [
      '-c',
      path.join(this.directory, 'envoy/envoy.yaml'),
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '--log-level',
      'warning',
      '--admin-address-path',
      adminFile,
      ...(this.options.envoyArguments ?? []),
    ]);
    await this.until('Envoy to be ready', async () => {
      const address = await fs.readFile(adminFile, 'utf8').catch(() => '');
      if (address === '') return false;
      this.adminPort = Number(address.slice(address.lastIndexOf(':') + 1));
      const listeners = await fetch(`http://127.0.0.1:${this.adminPort}/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
      return listeners && (await this.allHealthy());
    });
  }

  private async allHealthy(): Promise<boolean> {
    const text = await fs.readFile(this.file, 'utf8');
    for (const [, port] of text.matchAll(/^\s+port: (\d+)$/gm)) {
      const ok = await fetch(`http://127.0.0.1:${port}/healthz`).then(
        (answer) => answer.status === 200,
        () => false,
      );
      if (!ok) return false;
    }
    return true;
  }

  private launch(name: string, command: string, args: readonly string[]): ChildProcess {
    const child = spawn(command, args, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => this.output.push(bytes.toString('utf8').replace(/^(?=.)/gm, `[${name}] `)));
    }
    return child;
  }

  private async until(what: string, test: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      if (await test()) return;
      for (const child of [this.sidecar, this.envoy] as (ChildProcess | undefined)[]) {
        if (child?.exitCode != null) throw new Error(`a process ended while waiting for ${what}`);
      }
      await sleep(50);
    }
    throw new Error(`timed out waiting for ${what}`);
  }
}

function canConnect(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
