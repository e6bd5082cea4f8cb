import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { envoyBinary } from './instance';

const START_LIMIT_MS = 20_000;

/** A real Envoy that runs compiled resources, without a sidecar of its own. */
export class EnvoyProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly output: string[],
    /** `127.0.0.1:port` */
    readonly admin: string,
  ) {}

  /**
   * @param folder where the configuration is; the admin address is noted there
   * @param file bootstrap, absolute
   */
  static async start(folder: string, file: string): Promise<EnvoyProcess> {
    const addressFile = join(folder, 'admin-address');
    const options = [
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '--log-level',
      'warning',
      '--file-flush-interval-msec',
      '50',
    ];
    const child = spawn(envoyBinary(), ['-c', file, '--admin-address-path', addressFile, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => output.push(data.toString()));
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline && child.exitCode === null) {
      const admin = await readFile(addressFile, 'utf8').catch(() => '');
      if (admin !== '' && (await isReady(admin))) return new EnvoyProcess(child, output, admin);
      await sleep(50);
    }
    child.kill('SIGKILL');
    throw new Error(`Envoy did not become ready:\n${output.join('')}`);
  }

  get log(): string {
    return this.output.join('');
  }

  async adminText(path: string): Promise<string> {
    return (await fetch(`http://${this.admin}${path}`)).text();
  }

  /** One counter or gauge; 0 when Envoy does not have it (yet). */
  async stat(name: string): Promise<number> {
    const text = await this.adminText(`/stats?filter=${encodeURIComponent(`^${name}$`)}`);
    return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Waits until a counter or gauge is at least `value`. */
  async until(name: string, value: number, limitMs = 10_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    while ((await this.stat(name)) < value) {
      if (Date.now() > deadline) throw new Error(`${name} stayed below ${value}:\n${this.log}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

async function isReady(admin: string): Promise<boolean> {
  try {
    return (await fetch(`http://${admin}/ready`)).status === 200;
  } catch {
    return false;
  }
}
