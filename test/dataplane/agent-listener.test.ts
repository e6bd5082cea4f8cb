import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

const QUESTION = 'Find flights from NYC to Paris and check the weather there';

let weather: FakeUpstream;
let flights: FakeUpstream;
let instance: Instance;

beforeAll(async () => {
  weather = await startFakeUpstream({ name: 'sunny' });
  flights = await startFakeUpstream({ name: 'AF23' });
  instance = await startInstance({
    config: `
version: v0.3.0
agents:
  - id: weather_agent
    url: http://localhost:${weather.port}
  - id: flight_agent
    url: http://localhost:${flights.port}/deep/path/
listeners:
  - type: agent
    name: travel_assistant
    port: {{port:travel}}
    router: plano_orchestrator_v1
    agents:
      - id: weather_agent
        description: |
          Gets real-time weather and forecasts for any city.
      - id: flight_agent
        description: |
          Searches flights between airports with schedules.
`,
  });
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await weather.close();
  await flights.close();
});

function ask(
  content: string,
  more: object = {},
  headers: Record<string, string> = {},
  path = '/v1/chat/completions',
): Promise<Response> {
  return fetch(`http://127.0.0.1:${instance.port('travel')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }], ...more }),
  });
}

describe('the travel question', () => {
  it('goes to flights, then to weather, which sees what flights found', async () => {
    const answer = await ask(QUESTION, {}, { authorization: 'Bearer caller', cookie: 'a=b', 'x-tenant': 'blue' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-outerloop-agents')).toBe('flight_agent,weather_agent');
    expect(JSON.stringify(await answer.json())).toContain('sunny');
    expect(flights.requests.at(-1)?.path).toBe('/deep/path/v1/chat/completions');
    const last = weather.requests.at(-1)?.json as { messages: { role: string; name?: string; content: string }[] };
    expect(last.messages.map((message) => message.role)).toEqual(['assistant', 'user']);
    expect(last.messages[0]).toMatchObject({ name: 'flight_agent', content: expect.stringContaining('AF23') });
    for (const agent of [flights, weather]) {
      expect(agent.requests.at(-1)?.headers).not.toHaveProperty('authorization');
      expect(agent.requests.at(-1)?.headers).not.toHaveProperty('cookie');
      expect(agent.requests.at(-1)?.headers).toMatchObject({ 'x-tenant': 'blue' });
    }
  });

  it('streams the last answer', async () => {
    const text = await (await ask(QUESTION, { stream: true })).text();
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it.each([
    ['What is the weather in Oslo tomorrow?', 'weather_agent'],
    ['Any flights from Berlin to Rome on Friday?', 'flight_agent'],
  ])('%s', async (question, agent) => {
    const answer = await ask(question);
    expect(answer.headers.get('x-outerloop-agents')).toBe(agent);
  });

  it('serves the Messages API too', async () => {
    const answer = await ask('What is the weather in Oslo?', { max_tokens: 5 }, {}, '/v1/messages');
    expect(await answer.json()).toMatchObject({ type: 'message', content: [{ type: 'text' }] });
  });
});

describe('agents that fail', () => {
  it('the status of the last agent is kept', async () => {
    weather.next({ status: 418 });
    const answer = await ask('What is the weather in Oslo?');
    expect(answer.status).toBe(418);
  });

  it.each([
    ['answers with an error', { status: 500 }],
    ['resets', { mode: 'reset' as const }],
    ['answers with a page', { mode: 'not-json' as const }],
  ])('an earlier agent that %s stops the chain', async (_, script) => {
    const before = weather.requests.length;
    flights.next(script);
    const answer = await ask(QUESTION);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(await answer.json()).toMatchObject({
      error: { code: 'agent_failed', message: expect.stringContaining('flight_agent') },
    });
    expect(weather.requests.length).toBe(before);
  });

  it('an earlier agent may compress its answer', async () => {
    flights.next({ mode: 'gzip' });
    expect((await ask(QUESTION)).status).toBe(200);
    expect(JSON.stringify(weather.requests.at(-1)?.json)).toContain('AF23');
  });

  it('nothing is repeated for an agent', async () => {
    const before = weather.requests.length;
    weather.next({ status: 503 });
    expect((await ask('What is the weather in Oslo?')).status).toBe(503);
    expect(weather.requests.length).toBe(before + 1);
  });
});

describe('health and a dead sidecar', () => {
  it('without the sidecar every listener says 503 and nothing reaches an agent', async () => {
    expect((await fetch(`http://127.0.0.1:${instance.port('travel')}/healthz`)).status).toBe(200);
    const before = weather.requests.length;
    const gone = once(instance.sidecar, 'exit');
    instance.sidecar.kill('SIGKILL');
    await gone;
    expect((await fetch(`http://127.0.0.1:${instance.port('travel')}/healthz`)).status).toBe(503);
    const answer = await ask('What is the weather in Oslo?');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
    const messages = await ask('x', { max_tokens: 1 }, {}, '/v1/messages');
    expect(await messages.json()).toMatchObject({ type: 'error' });
    expect(weather.requests.length).toBe(before);
    await instance.startSidecar();
    await expect(healthyAgain()).resolves.toBe(true);
    expect((await ask('What is the weather in Oslo?')).status).toBe(200);
  }, 30_000);
});

async function healthyAgain(): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await fetch(`http://127.0.0.1:${instance.port('travel')}/healthz`)).status === 200) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
