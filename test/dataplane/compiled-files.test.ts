/** Everything the compiler can print is something Envoy accepts without a warning that we do not know of. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeStatic } from '../../src/compiler';
import type { Plan, Wiring } from '../../src/config/plan';
import { buildListener, buildPlan, buildUpstream, buildWiring } from '../fakes/plan';
import { envoyBinary } from './instance';
import { TLS_FOLDER } from './recording-upstream';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outerloop-validate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const EVERYTHING: Partial<Plan> = {
  egress: { caPath: join(TLS_FOLDER, 'ca.pem') },
  listeners: [
    buildListener(),
    buildListener({ type: 'agent', name: '100% on: “ä”', address: '0.0.0.0', port: 8001 }),
    buildListener({ type: 'prompt', name: 'no', address: '::', port: 10_000 }),
    buildListener({ name: 'named', address: 'localhost', port: 12_001 }),
  ],
  upstreams: [
    buildUpstream(),
    buildUpstream({ id: 'provider:openai@llm.example.com:8443', host: 'llm.example.com', port: 8443, http2: 'off' }),
    buildUpstream({ id: 'provider:literal', host: '2001:db8::1', authority: '[2001:db8::1]:8443', port: 8443 }),
    buildUpstream({ id: 'agent:local', kind: 'agent', host: 'localhost', port: 10_510, tls: false }),
    buildUpstream({ id: 'agent:remote', kind: 'agent', host: 'agents.example.com' }),
    buildUpstream({ id: 'filter:f', kind: 'filter', host: '127.0.0.1', port: 10_520, tls: false }),
    buildUpstream({ id: 'endpoint:e', kind: 'endpoint', host: 'gpu.example.com', tls: false, prefixAffinity: true }),
  ],
};

const spansTo = (protocol: 'grpc' | 'http/protobuf', host: string): Partial<Plan> => ({
  telemetry: {
    samplingPercent: 12.5,
    otlp: { protocol, host, port: 4317, tls: protocol === 'grpc', path: '/v1/traces' },
    headerPrefixes: [],
    staticAttributes: { team: 'travel' },
  },
});

/** Envoy calls these unfinished; test/dataplane/metering.test.ts shows that they do what we use them for. */
const UNFINISHED = /work-in-progress/;
const ACCEPTED = /envoy\.extensions\.(filters\.http\.sse_to_metadata|content_parsers\.json)\.v3\./;

const unknownWarnings = (log: string): string[] =>
  log.split('\n').filter((line) => line !== '' && !(UNFINISHED.test(line) && ACCEPTED.test(line)));

describe('the static form', () => {
  it.each<[string, Partial<Plan>, Partial<Wiring>]>([
    ['no upstream at all', {}, {}],
    ['every kind of listener and upstream', EVERYTHING, {}],
    ['spans over gRPC', { ...EVERYTHING, ...spansTo('grpc', 'collector.example.com') }, {}],
    ['spans over HTTP', spansTo('http/protobuf', '::1'), {}],
    ['an access log in a file', {}, { logDirectory: '/var/log' }],
    ['a sidecar over TCP', {}, { sidecar: 'sidecar.svc.example.com:9191', egress: '[::1]:9192' }],
  ])('with %s passes validation without an unknown warning', async (_, plan, wiring) => {
    await writeStatic(folder, buildPlan(plan), buildWiring(wiring));
    const options = ['--mode', 'validate', '-c', join(folder, 'envoy.yaml'), '--log-level', 'warning'];
    const { stdout, stderr } = await promisify(execFile)(envoyBinary(), options);
    expect(stdout).toContain('OK');
    expect(unknownWarnings(stderr)).toEqual([]);
  });
});
