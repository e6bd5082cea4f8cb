import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { envoyBinary, freePort } from './instance';

/** The command as people run it: `up` with the real Envoy, then everything that can go wrong with its processes. */
const MAIN = resolve(__dirname, '../../dist/cli/main.js');
const SECRET = 'sk-very-secret-value';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Status {
  readonly state: string;
  readonly planHash: string | null;
  readonly listeners: readonly { name: string; type: string; address: string; port: number }[];
  readonly envoy: { pid: number | null; adminAddress: string | null };
  readonly sidecar: { pid: number | null; address: string | null; metricsAddress: string | null };
}

let upstream: FakeUpstream;
let folder: string;
let config: string;
let port: number;
let running: ChildProcess[] = [];

beforeAll(async () => {
  upstream = await startFakeUpstream({ name: 'model' });
});
afterAll(() => upstream.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outerloop-up-'));
  config = join(folder, 'config.yaml');
  port = await freePort();
  await writeFile(
    config,
    `version: v0.4.0
listeners:
  - {type: model, name: models, address: 127.0.0.1, port: ${port}}
model_providers:
  - {model: openai/gpt-4o, access_key: $OPENAI_API_KEY, default: true, base_url: "http://127.0.0.1:${upstream.port}/v1"}
`,
  );
  await writeFile(join(folder, '.env'), `OPENAI_API_KEY=${SECRET}\n`);
});
afterEach(async () => {
  await command('down', config);
  for (const child of running) child.kill('SIGKILL');
  running = [];
  await rm(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return { PATH, LANG, HOME: folder, OUTERLOOP_HOME: join(folder, 'home'), ENVOY_BIN: envoyBinary() };
}

function launch(...argv: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function ending(child: ChildProcess): Promise<Ended> {
  const printed = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (printed.err += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, ...printed };
}

const command = (...argv: string[]): Promise<Ended> => ending(launch(...argv));

async function status(): Promise<Status> {
  return JSON.parse((await command('status', config, '--format', 'json')).out) as Status;
}

async function until(state: string): Promise<Status> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const now = await status();
    if (now.state === state) return now;
    if (Date.now() > deadline) throw new Error(`it did not get ${state}: ${JSON.stringify(now)}`);
    await sleep(100);
  }
}

function ask(): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
  });
}

/** A pid of ours that still runs; zombies of this test process do not count. */
async function lives(pid: number | null): Promise<boolean> {
  if (pid === null) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) Z /.test(stat);
}

async function gone(...pids: (number | null)[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (const pid of pids) {
    while (await lives(pid)) {
      if (Date.now() > deadline) throw new Error(`process ${pid} still runs`);
      await sleep(50);
    }
  }
}

describe('up in the foreground', () => {
  it('starts, answers, says so, and leaves nothing behind when it is told to end', async () => {
    const up = launch('up', 'config.yaml');
    const ended = ending(up);
    const shown = await until('running');
    expect(Object.keys(shown)).toEqual(['state', 'planHash', 'listeners', 'envoy', 'sidecar']);
    expect(shown.listeners).toEqual([{ name: 'models', type: 'model', address: '127.0.0.1', port }]);
    expect(shown.planHash).toMatch(/^[0-9a-f]{64}$/);
    expect((await fetch(`http://${shown.envoy.adminAddress}/ready`)).status).toBe(200);
    expect((await fetch(`http://${shown.sidecar.metricsAddress}/metrics`)).status).toBe(200);
    expect(shown.sidecar.address).toMatch(/^unix:\//);
    expect((await ask()).status).toBe(200);
    expect(upstream.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${SECRET}`);

    up.kill('SIGTERM');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain(`curl http://localhost:${port}/v1/chat/completions`);
    await gone(shown.envoy.pid, shown.sidecar.pid);
    expect((await status()).state).toBe('stopped');
    await expect(ask()).rejects.toThrow();
  }, 60_000);

  it('keeps secrets out of every file, command line and the environment of Envoy', async () => {
    launch('up', config);
    const { envoy, sidecar } = await until('running');
    await ask();
    const home = join(folder, 'home');
    for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
      const text = await readFile(join(home, name), 'utf8').catch(() => '');
      expect([name, text.includes(SECRET)]).toEqual([name, false]);
    }
    if (!existsSync('/proc/self/environ')) return;
    for (const pid of [envoy.pid, sidecar.pid]) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(SECRET);
    }
    expect(await readFile(`/proc/${envoy.pid}/environ`, 'utf8')).not.toContain(SECRET);
  }, 60_000);

  it('lets a request that is under way finish', async () => {
    const up = launch('up', config);
    const ended = ending(up);
    await until('running');
    upstream.next({ delayMs: 1_500 });
    const delayed = ask();
    await sleep(500);
    up.kill('SIGINT');
    expect((await delayed).status).toBe(200);
    expect((await ended).code).toBe(0);
  }, 60_000);

  it('refuses a second start of the same configuration', async () => {
    launch('up', config);
    await until('running');
    const second = await command('up', join(folder, '.', 'config.yaml'));
    expect(second.code).toBe(1);
    expect(second.err).toContain('runs already');
    expect(second.err).toContain('outerloop down');
    expect((await until('running')).state).toBe('running');
  }, 60_000);

  it('names who has its port, and starts nothing', async () => {
    launch('up', config);
    await until('running');
    const other = join(folder, 'other.yaml');
    await writeFile(other, await readFile(config, 'utf8'));
    const second = await command('up', other);
    expect(second.code).toBe(1);
    expect(second.err).toContain(`127.0.0.1:${port}`);
    expect(second.err).toMatch(/Outerloop instance of .*config\.yaml/);
  }, 60_000);
});

describe('when a process dies', () => {
  it('starts Envoy and the sidecar again', async () => {
    launch('up', config);
    const before = await until('running');
    process.kill(before.envoy.pid ?? 0, 'SIGKILL');
    await gone(before.envoy.pid);
    const between = await until('running');
    expect(between.envoy.pid).not.toBe(before.envoy.pid);
    process.kill(between.sidecar.pid ?? 0, 'SIGKILL');
    await gone(between.sidecar.pid);
    const after = await until('running');
    expect(after.sidecar.pid).not.toBe(before.sidecar.pid);
    expect((await ask()).status).toBe(200);
  }, 60_000);

  it('takes both down with a supervisor that is killed outright', async () => {
    const up = launch('up', config);
    const { envoy, sidecar } = await until('running');
    up.kill('SIGKILL');
    await gone(envoy.pid, sidecar.pid);
    expect((await status()).state).toBe('stopped');
    launch('up', config);
    await until('running');
  }, 60_000);

  it('ends with the end of the log when Envoy cannot start', async () => {
    const broken = join(folder, 'envoy');
    await writeFile(
      broken,
      `#!/bin/sh\n[ "$1" = --version ] && exec ${envoyBinary()} --version\necho "cannot do this" >&2\nexit 9\n`,
      { mode: 0o755 },
    );
    const { code, err } = await command('up', config, '--envoy', broken);
    expect(code).toBe(1);
    expect(err).toContain('Envoy ended with code 9');
    expect(err).toContain('cannot do this');
    expect((await status()).state).toBe('stopped');
  }, 60_000);
});

describe('up --detach', () => {
  it('returns when everything is ready, and down ends it', async () => {
    const { code, out } = await command('up', '--detach');
    expect(code).toBe(0);
    expect(out).toContain('outerloop down');
    expect((await ask()).status).toBe(200);
    const { envoy, sidecar, state } = await status();
    expect(state).toBe('running');
    expect((await command('logs')).out).toContain('sidecar');
    const down = await command('down');
    expect(down.code).toBe(0);
    await gone(envoy.pid, sidecar.pid);
  }, 60_000);

  it('ends with 1 and the reason when it cannot start', async () => {
    await rm(join(folder, '.env'));
    const { code, err } = await command('up', config, '--detach');
    expect(code).toBe(1);
    expect(err).toContain('OPENAI_API_KEY');
    expect((await status()).state).toBe('stopped');
  }, 60_000);

  it('shows its requests with logs --access, one JSON object per line', async () => {
    await command('up', config, '--detach');
    await ask();
    await sleep(600);
    const lines = (await command('logs', config, '--access')).out.trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as { path: string; status: number });
    expect(entries).toContainEqual(expect.objectContaining({ path: '/v1/chat/completions', status: 200 }));
  }, 60_000);
});
