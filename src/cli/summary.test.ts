import { describe, expect, it } from '@jest/globals';
import { fakeTerminal } from '../../test/fakes/terminal';
import { loadConfig, zeroConfigText, type Plan } from '../config';
import { shortAccessLine } from './access-log-lines';
import { exampleRequest, renderSummary } from './summary';

async function planOf(text: string, env: NodeJS.ProcessEnv = {}): Promise<Plan> {
  const { plan, problems } = await loadConfig('config.yaml', { env, text });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

const MODELS = `
version: v0.4.0
listeners:
  - {type: model, name: models, address: 0.0.0.0, port: 12000}
model_providers:
  - {model: groq/llama-3.3-70b-versatile, access_key: $A}
  - {model: openai/gpt-4o, access_key: $A, default: true}
`;
const ENV = { A: 'key' };

describe('exampleRequest', () => {
  it('asks the default model at an address that works here', async () => {
    const command = exampleRequest(await planOf(MODELS, ENV)) ?? '';
    expect(command).toContain('curl http://localhost:12000/v1/chat/completions');
    expect(command).toContain('"model":"openai/gpt-4o"');
  });

  it('names a model that the vendor offers when only a wildcard is configured', async () => {
    const env = { ANTHROPIC_API_KEY: 'key' };
    const text = zeroConfigText(env);
    const command = exampleRequest(await planOf(text ?? '', env)) ?? '';
    expect(command).toMatch(/"model":"anthropic\/claude-[\w.-]+"/);
    expect(command).not.toContain('Authorization');
  });

  it('prefers the agents, with an example of theirs, quoted for a shell', async () => {
    const text = `
version: v0.4.0
agents: [{id: a, url: "http://localhost:1"}]
listeners:
  - {type: model, name: models, port: 12000}
  - type: agent
    name: front
    port: 8001
    agents: [{id: a, description: does it, examples: ["What's up?"]}]
model_providers:
  - {model: openai/gpt-4o, access_key: $A}
`;
    const command = exampleRequest(await planOf(text, ENV)) ?? '';
    expect(command).toContain('http://localhost:8001/');
    expect(command).toContain(`What'\\''s up?`);
  });
});

describe('renderSummary', () => {
  it('says what listens where, and which is open to other machines', async () => {
    const places = { adminAddress: '127.0.0.1:4000', metricsAddress: '127.0.0.1:9092', logFolder: '/logs' };
    const text = renderSummary(await planOf(MODELS, ENV), places, fakeTerminal('/'));
    expect(text).toMatch(/models +model listener +http:\/\/localhost:12000 +reachable from other machines/);
    for (const place of ['http://127.0.0.1:9092/metrics', 'http://127.0.0.1:4000', '/logs'])
      expect(text).toContain(place);
  });
});

describe('shortAccessLine', () => {
  const colors = fakeTerminal('/');
  it('is one readable line per request', () => {
    const entry = {
      time: '2026-03-01T14:03:09.123Z',
      listener: 'front',
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      duration_ms: 812,
      upstream_cluster: 'agent:weather',
      attempts: 2,
      flags: '-',
    };
    const line = '14:03:09 front POST /v1/chat/completions 200 812 ms agent:weather 2 attempts';
    expect(shortAccessLine(JSON.stringify(entry), colors)).toBe(line);
  });

  it('leaves other text as it is', () => {
    expect(shortAccessLine('plain text', colors)).toBe('plain text');
  });
});
