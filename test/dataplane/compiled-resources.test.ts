/** The compiler's output in a real Envoy: what it opens and reloads, and how it behaves with a scripted sidecar. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCESS_LOG_FILE, writeDirectory } from '../../src/compiler';
import { EGRESS_UPSTREAM_HEADER, FROM_UPSTREAM_HEADER } from '../../src/config/names';
import type { Plan, UpstreamPlan } from '../../src/config/plan';
import { buildListener, buildPlan, buildUpstream, buildWiring } from '../fakes/plan';
import { ATTEMPT_PREFIX, FIRST_PATH, LATER_PATH, ScriptedSidecar } from '../fakes/scripted-sidecar';
import { EnvoyProcess } from './envoy-process';
import { freePort } from './instance';
import { RecordingUpstream, send, TLS_FOLDER } from './recording-upstream';

const MEBIBYTE = 1024 * 1024;
const BODY_LIMIT = 24 * MEBIBYTE;

let folder: string;
let plan: Plan;
let envoy: EnvoyProcess;
let sidecar: ScriptedSidecar;
let modelPort: number;
let shortPort: number;
let upstreams: Record<'plain' | 'other' | 'six' | 'api' | 'wrong', RecordingUpstream>;

const wiring = () =>
  buildWiring({
    sidecar: `unix:${join(folder, 'sidecar.sock')}`,
    egress: `unix:${join(folder, 'egress.sock')}`,
    logDirectory: folder,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outerloop-compiled-'));
  upstreams = {
    plain: await RecordingUpstream.plain('127.0.0.1'),
    other: await RecordingUpstream.plain('127.0.0.1'),
    six: await RecordingUpstream.plain('::1'),
    api: await RecordingUpstream.tls('api'),
    wrong: await RecordingUpstream.tls('other'),
  };
  modelPort = await freePort();
  shortPort = await freePort();
  plan = testPlan(await freePort());
  await writeDirectory(folder, plan, wiring());
  envoy = await EnvoyProcess.start(folder, join(folder, 'envoy.yaml'));
}, 60_000);

afterAll(async () => {
  await envoy.stop();
  await sidecar.stop();
  for (const upstream of Object.values(upstreams)) upstream.close();
  await rm(folder, { recursive: true, force: true });
});

function testPlan(deadPort: number): Plan {
  const local = (id: string, upstream: RecordingUpstream, changes: Partial<UpstreamPlan> = {}): UpstreamPlan =>
    buildUpstream({ id, host: 'localhost', port: upstream.port, tls: false, ...changes });
  return buildPlan({
    limits: { maxRequestBytes: BODY_LIMIT },
    egress: { caPath: join(TLS_FOLDER, 'ca.pem') },
    listeners: [
      buildListener({ port: modelPort, timeoutMs: 20_000 }),
      buildListener({ type: 'agent', name: 'off', port: shortPort, timeoutMs: 700 }),
    ],
    upstreams: [
      local('provider:plain', upstreams.plain, { authority: 'plain.example' }),
      local('provider:other@llm.example.com:8443', upstreams.other, { host: '127.0.0.1', authority: 'other.example' }),
      local('agent:six', upstreams.six, { kind: 'agent' }),
      local('agent:dead', upstreams.six, { kind: 'agent', port: deadPort }),
      local('endpoint:ring', upstreams.plain, { kind: 'endpoint', prefixAffinity: true }),
      local('provider:tls', upstreams.api, { host: 'api.localhost', tls: true, http2: 'alpn' }),
      local('provider:tls1', upstreams.api, { host: 'api.localhost', tls: true, http2: 'off' }),
      local('provider:address', upstreams.api, { host: '127.0.0.1', authority: '127.0.0.1', tls: true, http2: 'alpn' }),
      local('provider:wrong', upstreams.wrong, { host: 'api.localhost', tls: true, http2: 'alpn' }),
      buildUpstream({ id: 'provider:unknown-name', host: 'no-such-name.invalid' }),
    ],
  });
}

describe('the compiled files', () => {
  it('are all accepted in the directory form', async () => {
    expect(await envoy.stat('listener_manager.lds.update_rejected')).toBe(0);
    expect(await envoy.stat('cluster_manager.cds.update_rejected')).toBe(0);
    expect(await envoy.stat('listener_manager.total_listeners_active')).toBe(plan.listeners.length + 1);
    expect(await envoy.adminText('/listeners')).toContain(`model:llm::127.0.0.1:${modelPort}`);
    expect(envoy.log).not.toContain('eprecated');
  });

  it('tell which Plan Envoy runs', async () => {
    expect(await envoy.adminText('/config_dump')).toContain(plan.hash);
  });
});

describe('without a sidecar', () => {
  it.each([
    ['/v1/messages', { type: 'error', error: { type: 'overloaded_error' } }],
    ['/v1/chat/completions', { error: { code: 'not_ready' } }],
  ])('%s answers 503 in its own shape, and nothing goes upstream', async (path, expected) => {
    const answer = await send(modelPort, path, { 'x-clusters': 'provider:plain' });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject(expected);
    expect(upstreams.plain.requests).toHaveLength(0);
  });
});

describe('with a sidecar', () => {
  beforeAll(async () => {
    sidecar = await ScriptedSidecar.start(join(folder, 'sidecar.sock'));
  });

  it('removes internal headers of clients, apart from those that are theirs', async () => {
    await send(modelPort, '/v1/chat/completions', {
      'x-clusters': 'provider:plain',
      'x-outerloop-debug': '1',
      'x-outerloop-other': '1',
      'x-arch-llm-provider-hint': 'openai',
      'x-arch-other': '1',
      'x-envoy-max-retries': '5',
      'x-envoy-upstream-rq-timeout-ms': '1',
    });
    const seen = sidecar.streams.at(-1)?.requestHeaders ?? new Map<string, string>();
    expect(seen.get('x-outerloop-debug')).toBe('1');
    expect(seen.get('x-arch-llm-provider-hint')).toBe('openai');
    for (const name of ['x-outerloop-other', 'x-arch-other', 'x-envoy-max-retries', 'x-envoy-upstream-rq-timeout-ms']) {
      expect(seen.has(name)).toBe(false);
    }
    const sent = Object.keys(upstreams.plain.last().headers);
    expect(sent.filter((name) => /^(x-outerloop-|x-arch-|x-envoy-|outerloop-keep-)/.test(name))).toEqual([]);
  });

  it('marks what came from an upstream and nothing else', async () => {
    await send(modelPort, '/v1/chat/completions', { 'x-clusters': 'provider:plain' });
    expect(sidecar.streams.at(-1)?.responseHeaders?.get(FROM_UPSTREAM_HEADER)).toBe('1');
    await send(modelPort, '/v1/chat/completions', { 'x-clusters': 'agent:dead' });
    expect(sidecar.streams.at(-1)?.responseHeaders?.get(':status')).toBe('503');
    expect(sidecar.streams.at(-1)?.responseHeaders?.has(FROM_UPSTREAM_HEADER)).toBe(false);
  });

  it('fails over in order, with the next upstream’s host, body and length', async () => {
    const before = sidecar.streams.length;
    const clusters = 'provider:plain,provider:other@llm.example.com:8443';
    const answer = await send(
      modelPort,
      '/v1/chat/completions',
      { 'x-clusters': clusters, 'x-status': '529' },
      'hello',
    );
    expect(answer.status).toBe(200);
    expect(upstreams.plain.last()).toMatchObject({ path: `${FIRST_PATH}?key=secret`, body: 'hello' });
    const body = `${ATTEMPT_PREFIX}hello`;
    expect(upstreams.other.last()).toMatchObject({ path: LATER_PATH, body });
    expect(upstreams.other.last().headers).toMatchObject({
      host: 'other.example',
      'content-length': String(body.length),
    });
    expect(sidecar.streams.slice(before).map(({ role, cluster }) => [role, cluster])).toEqual([
      ['front', undefined],
      ['attempt', 'provider:other@llm.example.com:8443'],
    ]);
  });

  it.each([
    ['a server that only listens on 127.0.0.1', 'provider:plain'],
    ['a server that only listens on ::1', 'agent:six'],
    ['a TLS server with HTTP/2 and a wildcard certificate', 'provider:tls'],
    ['a TLS server with HTTP/1.1', 'provider:tls1'],
    ['a TLS server named by its address', 'provider:address'],
  ])('reaches %s', async (_, cluster) => {
    expect((await send(modelPort, '/v1/messages', { 'x-clusters': cluster })).status).toBe(200);
  });

  it.each([
    ['a closed port', 'agent:dead'],
    ['a name that cannot be resolved', 'provider:unknown-name'],
    ['a certificate for another name', 'provider:wrong'],
  ])('goes on to the next candidate after %s', async (_, cluster) => {
    const answer = await send(modelPort, '/v1/chat/completions', { 'x-clusters': `${cluster},provider:plain` });
    expect([answer.status, upstreams.plain.last().path]).toEqual([200, LATER_PATH]);
    const alone = await send(modelPort, '/v1/chat/completions', { 'x-clusters': cluster });
    expect(alone.status).toBe(503);
    expect(JSON.parse(alone.text)).toMatchObject({ error: { code: 'upstream_unreachable' } });
  });

  it('speaks HTTP/2 where the server offers it', () => {
    expect(upstreams.api.requests.map(({ version }) => version)).toEqual(['2.0', '1.1', '2.0']);
    expect(upstreams.wrong.requests).toHaveLength(0);
  });

  it('sends nothing anywhere when the sidecar named no candidate', async () => {
    const counts = () => Object.values(upstreams).map(({ requests }) => requests.length);
    const before = counts();
    expect((await send(modelPort, '/v1/chat/completions')).status).toBe(503);
    expect(counts()).toEqual(before);
  });

  it('keeps calling the only host of an upstream that fails often', async () => {
    for (let call = 0; call < 30; call++) {
      await send(modelPort, '/v1/chat/completions', { 'x-clusters': 'provider:plain', 'x-status': '503' });
    }
    expect((await send(modelPort, '/v1/chat/completions', { 'x-clusters': 'provider:plain' })).status).toBe(200);
  });

  it.each([
    ['/v1/messages', { type: 'error', error: { type: 'request_too_large' } }],
    ['/v1/chat/completions', { error: { code: 'request_too_large' } }],
  ])('refuses a body over the limit with a 413 in the shape of %s', async (path, expected) => {
    const answer = await send(modelPort, path, { 'x-clusters': 'provider:plain' }, Buffer.alloc(BODY_LIMIT + MEBIBYTE));
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject(expected);
  });

  it('carries 20 MB through a failover', async () => {
    const clusters = 'agent:dead,provider:plain';
    const answer = await send(modelPort, '/v1/chat/completions', { 'x-clusters': clusters }, Buffer.alloc(20e6, 'x'));
    expect(answer.status).toBe(200);
    expect(upstreams.plain.last().body).toHaveLength(ATTEMPT_PREFIX.length + 20e6);
  });

  it('says timeouts in the caller’s shape although the path was rewritten', async () => {
    const answer = await send(shortPort, '/v1/messages', { 'x-clusters': 'provider:plain', 'x-hang': '1' });
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.text)).toMatchObject({ type: 'error', error: { type: 'timeout_error' } });
  });

  it('leaves replies of the sidecar as they are', async () => {
    const answer = await send(modelPort, '/v1/messages', { 'x-reply': '503' });
    expect([answer.status, answer.text]).toEqual([503, '{"from":"sidecar"}']);
  });
});

describe('the egress listener', () => {
  const call = (headers: http.OutgoingHttpHeaders) => send(join(folder, 'egress.sock'), '/x?key=1', headers);

  it('calls the named upstream and opens no attempt stream', async () => {
    const before = sidecar.streams.length;
    const answer = await call({ [EGRESS_UPSTREAM_HEADER]: 'provider:plain' });
    expect([answer.status, answer.headers[FROM_UPSTREAM_HEADER]]).toEqual([200, '1']);
    expect(upstreams.plain.last().headers).not.toHaveProperty(EGRESS_UPSTREAM_HEADER);
    expect(sidecar.streams).toHaveLength(before);
  });

  it('obeys the timeout of a call, and says by the missing mark that Envoy answered', async () => {
    const started = Date.now();
    const headers = {
      [EGRESS_UPSTREAM_HEADER]: 'provider:plain',
      'x-hang': '1',
      'x-envoy-upstream-rq-timeout-ms': '300',
    };
    const answer = await call(headers);
    expect([answer.status, answer.headers[FROM_UPSTREAM_HEADER]]).toEqual([504, undefined]);
    expect(Date.now() - started).toBeLessThan(3000);
  });

  it('reaches endpoints with prefix affinity', async () => {
    expect((await call({ [EGRESS_UPSTREAM_HEADER]: 'endpoint:ring' })).status).toBe(200);
  });

  it('answers 404 to calls that name no upstream', async () => {
    expect((await call({})).status).toBe(404);
  });
});

describe('the access log', () => {
  it('has the client’s path, the upstream and the attempts, and no query', async () => {
    const clusters = 'agent:dead,provider:plain';
    await send(modelPort, '/v1/messages?api_key=in-the-query', { 'x-clusters': clusters, 'x-request-id': 'logged' });
    const line = await logged('"logged"');
    expect(JSON.parse(line)).toMatchObject({
      listener: 'llm',
      method: 'POST',
      path: '/v1/messages',
      upstream_path: LATER_PATH,
      status: 200,
      upstream_cluster: 'provider:plain',
      attempts: 2,
      details: 'via_upstream',
    });
    expect(line).not.toMatch(/in-the-query|key=secret/);
  });
});

describe('a new Plan', () => {
  it('takes effect without a restart', async () => {
    const port = await freePort();
    const [model] = plan.listeners;
    const next = buildPlan({ ...plan, listeners: [{ ...buildListener(), ...model, name: 'second', port }] });
    await writeDirectory(folder, next, wiring());
    await envoy.until('listener_manager.lds.update_success', 2);
    await envoy.until('listener_manager.listener_added', plan.listeners.length + 2);
    expect((await send(port, '/v1/messages', { 'x-clusters': 'provider:plain' })).status).toBe(200);
    expect(await envoy.stat('listener_manager.lds.update_rejected')).toBe(0);
    expect(await envoy.stat('cluster_manager.cds.update_rejected')).toBe(0);
  });
});

/** The line of the access log that contains `part`; Envoy writes it a moment after the answer. */
async function logged(part: string): Promise<string> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(50)) {
    const text = await readFile(join(folder, ACCESS_LOG_FILE), 'utf8');
    const line = text.split('\n').find((entry) => entry.includes(part));
    if (line !== undefined) return line;
  }
  throw new Error(`no line of the access log contains ${part}`);
}
