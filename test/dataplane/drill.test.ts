import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DrillReport, DrillResult } from '../../src/cli/drill/report';
import { envoyBinary } from './instance';

const CONFIG = `
version: v0.4.0
model_providers:
  - {model: openai/gpt-4o, access_key: $OPENAI_API_KEY, headers: {x-team: "$TEAM"}}
  - {model: anthropic/claude-sonnet-4-5, access_key: $ANTHROPIC_API_KEY}
  - model: amazon_bedrock/amazon.nova-pro-v1:0
    access_key: $BEDROCK_KEY
    base_url: https://bedrock-runtime.us-east-1.amazonaws.com
  - {model: openai/gpt-4o, name: second-key, access_key: $SECOND_KEY}
model_aliases:
  best:
    targets: [openai/gpt-4o, anthropic/claude-sonnet-4-5, "amazon_bedrock/amazon.nova-pro-v1:0"]
    failover: {on: [connect, reset, timeout, 429, 5xx, stream_error], first_token_timeout: 500ms, per_try_timeout: 500ms}
  narrow:
    targets: [openai/gpt-4o, [{model: second-key}], anthropic/claude-sonnet-4-5]
    failover: {on: [429], max_attempts: 2}
listeners:
  - {type: model, name: models, address: 127.0.0.1}
`;

let home: string;
let report: DrillReport;
let printed: string;

function drill(...args: string[]): Promise<{ code: number; stdout: string }> {
  const main = path.resolve(__dirname, '../../dist/cli/main.js');
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: home, OUTERLOOP_HOME: home, TMPDIR: home };
    const child = execFile(
      process.execPath,
      [main, 'drill', path.join(home, 'config.yaml'), '--envoy', envoyBinary(), ...args],
      { env },
      (_, stdout) => resolve({ code: child.exitCode ?? 1, stdout }),
    );
  });
}

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'ol-drill-'));
  await writeFile(path.join(home, 'config.yaml'), CONFIG);
  const { code, stdout } = await drill('--format', 'json');
  printed = stdout;
  report = JSON.parse(stdout) as DrillReport;
  expect(code).toBe(0);
}, 120_000);
afterAll(() => rm(home, { recursive: true, force: true }));

const of = (chain: string, failing: number): DrillResult[] =>
  report.results.filter((result) => result.chain === chain && result.failing.length === failing);

describe('outerloop drill', () => {
  it('survives every failure across OpenAI, Anthropic and Bedrock', () => {
    for (const [failing, answeredBy] of [
      [1, 'anthropic/claude-sonnet-4-5'],
      [2, 'amazon_bedrock/amazon.nova-pro-v1:0'],
    ] as const) {
      const results = of('best', failing);
      expect(results.map(({ failure }) => failure)).toEqual([
        'status-429',
        'status-503',
        'refused',
        'reset',
        'hang-before-headers',
        'hang-after-headers',
        'error-event',
        'broken-stream',
      ]);
      for (const result of results) expect(result).toMatchObject({ outcome: 'survived', answeredBy, status: 200 });
    }
  });

  it('tells the caller when all fail', () => {
    for (const result of of('best', 3)) expect(result.outcome).toBe('told');
  });

  it('follows the policy of each name', () => {
    const [limited, ...others] = of('narrow', 1);
    expect(limited).toMatchObject({ outcome: 'survived', answeredBy: 'second-key' });
    expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['not asked for']));
    expect(of('narrow', 2)[0]?.outcome).toBe('no attempt left');
  });

  it('covers a model id of two keys, and finds no key at a stranger', () => {
    expect(report.chains.map(({ name }) => name).sort()).toEqual(['best', 'gpt-4o', 'narrow']);
    expect(of('gpt-4o', 1)[0]).toMatchObject({ outcome: 'survived', answeredBy: 'second-key' });
    expect(report.leaks).toEqual([]);
    expect(report.passed).toBe(true);
  });

  it('prints no key and leaves nothing behind', async () => {
    expect(printed).not.toContain('drill-key');
    expect(await readdir(home)).toEqual(['config.yaml']);
  });
});
