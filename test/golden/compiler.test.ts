/**
 * The compiler's output as people see it, word for word, so that a change of it is seen in review.
 * `UPDATE_GOLDEN=1 npx jest --selectProjects=unit --testPathPatterns golden/compiler` writes the files anew.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { compile, printDirectory, printStatic } from '../../src/compiler';
import { buildListener, buildPlan, buildUpstream, buildWiring } from '../fakes/plan';

const FOLDER = join(__dirname, 'compiler');

const TRAVEL = buildPlan({
  listeners: [
    buildListener({ type: 'agent', name: 'travel_assistant', address: '0.0.0.0', port: 8001, timeoutMs: 30_000 }),
    buildListener({ implicit: true }),
  ],
  upstreams: [
    buildUpstream({ id: 'provider:openai', host: 'api.openai.com' }),
    buildUpstream({ id: 'agent:weather_agent', kind: 'agent', host: 'localhost', port: 10_510, tls: false }),
  ],
});

const GPU = buildPlan({
  upstreams: [
    buildUpstream({
      id: 'endpoint:gpu',
      kind: 'endpoint',
      host: 'gpu.internal',
      port: 8000,
      tls: false,
      prefixAffinity: true,
    }),
    buildUpstream({ id: 'provider:custom@10.0.0.7', host: '10.0.0.7', authority: 'llm.example.com' }),
  ],
  telemetry: {
    samplingPercent: 100,
    otlp: { protocol: 'grpc', host: 'collector', port: 4317, tls: false, path: '/v1/traces' },
    headerPrefixes: [],
    staticAttributes: { team: 'search' },
  },
});

const OUTPUTS: readonly (readonly [string, string])[] = [
  ...[...printDirectory(compile(TRAVEL, buildWiring()), '/etc/outerloop')].map(
    ([file, text]) => [`travel/${file}`, text] as const,
  ),
  [
    'gpu-static/envoy.yaml',
    printStatic(compile(GPU, buildWiring({ sidecar: 'sidecar:9191', egress: '127.0.0.1:9192' }))),
  ],
];

it.each(OUTPUTS)('%s', async (file, text) => {
  const golden = join(FOLDER, file);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(dirname(golden), { recursive: true });
    await writeFile(golden, text);
  }
  expect(text).toBe(await readFile(golden, 'utf8'));
});
