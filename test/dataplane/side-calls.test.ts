/** The sidecar's own calls through the egress listener that the compiler makes, with a real Envoy and no sidecar at all. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compile, printStatic } from '../../src/compiler';
import type { SideCallRequest, SideCallResponse, SideCalls } from '../../src/ports/side-calls';
import { createSideCalls } from '../../src/ports/adapters/side-calls-undici';
import { buildPlan, buildUpstream, buildWiring } from '../fakes/plan';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { envoyBinary, freePort } from './instance';

const LIVE = 'agent:live';
const DEAD = 'agent:dead';
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let upstream: FakeUpstream;
let envoy: ChildProcess;
let envoyLog = '';
let calls: SideCalls;

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'outerloop-side-'));
  upstream = await startFakeUpstream({ name: 'agent' });
  const agent = (id: string, port: number): ReturnType<typeof buildUpstream> =>
    buildUpstream({
      id,
      kind: 'agent',
      host: '127.0.0.1',
      port,
      tls: false,
      authority: `agent.example:${String(port)}`,
    });
  const plan = buildPlan({ listeners: [], upstreams: [agent(LIVE, upstream.port), agent(DEAD, await freePort())] });
  const egress = `unix:${path.join(folder, 'egress.sock')}`;
  const wiring = buildWiring({ egress, sidecar: `unix:${path.join(folder, 'sidecar.sock')}` });
  await fs.writeFile(path.join(folder, 'envoy.yaml'), printStatic(compile(plan, wiring)));
  calls = createSideCalls({ egress, log: quiet });
  envoy = spawn(envoyBinary(), ['-c', path.join(folder, 'envoy.yaml'), '-l', 'warn', '--use-dynamic-base-id']);
  envoy.stderr?.on('data', (chunk: Buffer) => (envoyLog += chunk.toString()));
  // The first call waits for the socket; Envoy needs longer than that on a busy machine.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await call({}).catch(() => undefined)) !== undefined) return;
  }
  throw new Error(`Envoy did not come up:\n${envoyLog}`);
}, 30_000);

afterAll(async () => {
  await calls.close();
  if (envoy.exitCode === null) {
    envoy.kill('SIGKILL');
    await once(envoy, 'exit');
  }
  await upstream.close();
  await fs.rm(folder, { recursive: true });
});

function call(overrides: Partial<SideCallRequest>, model = 'm'): Promise<SideCallResponse> {
  return calls.call({
    upstream: LIVE,
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ model, messages: [] })),
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    maxResponseBytes: 50_000_000,
    ...overrides,
  });
}

describe('a side call through Envoy', () => {
  it('reaches the named upstream under its own name, without internal headers', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await call({ headers: { 'content-type': 'application/json', traceparent } });
    expect(answer).toMatchObject({ status: 200, local: false });
    expect(answer.headers).not.toHaveProperty('x-outerloop-from-upstream');
    const headers = upstream.requests.at(-1)?.headers ?? {};
    expect(headers['traceparent']).toBe(traceparent);
    expect(Object.keys(headers).filter((name) => name.startsWith('x-outerloop-'))).toEqual([]);
    expect(headers.host).not.toBe('egress');
  });

  it.each([0, 1, 20_000_000])('brings an answer of %i bytes', async (bytes) => {
    const answer = await call({}, `m-bytes${String(bytes)}`);
    expect(answer.body).toHaveLength(bytes);
    expect(answer.local).toBe(false);
  });

  it.each([503, 504, 429])('hands on a %i that came from the upstream', async (status) => {
    expect(await call({}, `m-status${String(status)}`)).toMatchObject({ status, local: false });
  });

  it('tells an upstream that is down from one that answers', async () => {
    await expect(call({ upstream: DEAD })).rejects.toMatchObject({ code: 'upstream_unreachable' });
  });

  it('tells an upstream that does not exist', async () => {
    await expect(call({ upstream: 'agent:nobody' })).rejects.toMatchObject({ code: 'upstream_unreachable' });
  });

  it.each(['refuse', 'reset'])('tells an upstream that breaks the connection: %s', async (mode) => {
    await expect(call({}, `m-${mode}`)).rejects.toMatchObject({ code: 'upstream_unreachable' });
  });

  it('tells an upstream that does not speak HTTP', async () => {
    await expect(call({}, 'm-garbage')).rejects.toMatchObject({ code: 'upstream_malformed' });
  });

  it('tells an upstream that stops in the middle', async () => {
    await expect(call({}, 'm-cut')).rejects.toMatchObject({ code: 'upstream_unreachable' });
  });

  it.each(['hang', 'hang-after-headers'])(
    'gives up after its timeout, and Envoy leaves the upstream: %s',
    async (mode) => {
      await expect(call({ timeoutMs: 300 }, `m-${mode}`)).rejects.toMatchObject({ code: 'upstream_timeout' });
      await leftUpstream();
    },
  );

  it('leaves the upstream when the caller gives up', async () => {
    const canceller = new AbortController();
    const before = upstream.requests.length;
    const running = call({ signal: canceller.signal }, 'm-hang');
    await upstream.waitForRequests(before + 1);
    canceller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await leftUpstream();
  });

  async function leftUpstream(): Promise<void> {
    for (let wait = 0; wait < 200 && upstream.requests.at(-1)?.aborted !== true; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(upstream.requests.at(-1)?.aborted).toBe(true);
  }
});
