import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOtlpCollector, type CollectedSpan, type OtlpCollector } from '../fakes/otlp-collector';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

let collector: OtlpCollector;
let openai: FakeUpstream;
let weather: FakeUpstream;
let flights: FakeUpstream;

beforeAll(async () => {
  collector = await startOtlpCollector();
  [openai, weather, flights] = (await Promise.all(
    ['openai', 'sunny', 'AF23'].map((name) => startFakeUpstream({ name })),
  )) as [FakeUpstream, FakeUpstream, FakeUpstream];
}, 30_000);
afterAll(async () => {
  await Promise.all([collector.close(), openai.close(), weather.close(), flights.close()]);
});

function configuration(sampling: number): string {
  return `
version: v0.3.0
agents:
  - id: weather_agent
    url: http://localhost:${weather.port}
  - id: flight_agent
    url: http://localhost:${flights.port}
model_providers:
  - model: openai/gpt-4o
    access_key: $OPENAI_API_KEY
    default: true
listeners:
  - type: model
    name: models
    port: {{port:models}}
  - type: agent
    name: travel_assistant
    port: {{port:travel}}
    agents:
      - id: weather_agent
        description: Gets real-time weather and forecasts for any city.
      - id: flight_agent
        description: Searches flights between airports with schedules.
tracing:
  random_sampling: ${sampling}
  span_attributes:
    header_prefixes: [x-acme-]
    static:
      environment: test
`;
}

function start(sampling: number, endpoint: string): Promise<Instance> {
  return startInstance({
    config: configuration(sampling),
    env: {
      OPENAI_API_KEY: 'openai-secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OTEL_TRACING_GRPC_ENDPOINT: endpoint,
    },
  });
}

function ask(instance: Instance, listener: string, content: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${instance.port(listener)}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-acme-team': 'blue' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] }),
  });
}

const byService = (spans: readonly CollectedSpan[], service: string): CollectedSpan[] =>
  spans.filter((span) => span.service === service);

describe('random_sampling: 100', () => {
  let instance: Instance;
  beforeAll(async () => {
    instance = await start(100, `http://localhost:${collector.port}`);
  }, 60_000);
  afterAll(async () => {
    await instance.stop();
  });

  it('one trace holds inbound, decision and agents, and the agents are told about it', async () => {
    await (await ask(instance, 'travel', 'Find flights from NYC to Paris and check the weather there')).arrayBuffer();
    await collector.waitFor((spans) => byService(spans, 'plano(agent)').length >= 2, 15_000);
    await collector.waitFor((spans) => byService(spans, 'plano(orchestrator)').length >= 1, 15_000);
    const [decision] = byService(collector.spans(), 'plano(orchestrator)');
    expect(decision?.attributes['selection.agents']).toBe('flight_agent,weather_agent');
    expect(decision?.attributes['environment']).toBe('test');
    expect(decision?.attributes['team']).toBe('blue');
    const traceId = decision?.traceId ?? '';
    await collector.waitFor(
      (spans) => byService(spans, 'plano(inbound)').some((span) => span.traceId === traceId),
      15_000,
    );
    const trace = collector.spans().filter((span) => span.traceId === traceId);
    const names = byService(trace, 'plano(agent)').map((span) => span.attributes['agent_id']);
    expect([...names].sort()).toEqual(['flight_agent', 'weather_agent']);
    // Every span of the sidecar hangs below a span of the same trace.
    const ids = new Set(trace.map((span) => span.spanId));
    for (const span of trace.filter((candidate) => candidate.service !== 'plano(inbound)')) {
      expect(span.parentSpanId === '' ? false : ids.has(span.parentSpanId)).toBe(true);
    }
    for (const agent of [flights, weather]) {
      expect(agent.requests.at(-1)?.headers['traceparent']).toContain(traceId);
    }
  }, 60_000);

  it('a model call has an llm span below the inbound one', async () => {
    await (await ask(instance, 'models', 'hi')).arrayBuffer();
    await collector.waitFor((spans) => byService(spans, 'plano(llm)').length >= 1, 15_000);
    const span = byService(collector.spans(), 'plano(llm)').at(-1);
    expect(span?.name).toContain('POST /v1/chat/completions');
    expect(span?.attributes).toMatchObject({
      'llm.model': 'openai/gpt-4o',
      'llm.provider': 'openai',
      'http.status_code': 200,
    });
    expect(JSON.stringify(span)).not.toContain('openai-secret');
    expect(openai.requests.at(-1)?.headers['traceparent']).toContain(span?.traceId ?? 'none');
  }, 60_000);

  it('a trace that the caller started goes on', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await fetch(`http://127.0.0.1:${instance.port('models')}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }] }),
    });
    await collector.waitFor((spans) => byService(spans, 'plano(llm)').some((span) => span.traceId === traceId), 15_000);
    expect(openai.requests.at(-1)?.headers['traceparent']).toContain(traceId);
  }, 60_000);
});

describe('a collector that is not there', () => {
  it('changes nothing for callers', async () => {
    const instance = await start(100, 'http://localhost:9');
    try {
      for (let call = 0; call < 20; call++) expect((await ask(instance, 'models', 'hi')).status).toBe(200);
    } finally {
      await instance.stop();
    }
  }, 60_000);
});
