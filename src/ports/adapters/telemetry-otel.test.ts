import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { startOtlpCollector, type OtlpCollector } from '../../../test/fakes/otlp-collector';
import type { TelemetryPlan } from '../../config/plan';
import type { Log } from '../log';
import type { SpanComponent } from '../telemetry';
import { createTelemetry } from './telemetry-otel';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const ENVOY_SPAN_ID = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE_ID}-${ENVOY_SPAN_ID}-01`;
const UNSAMPLED = `00-${TRACE_ID}-${ENVOY_SPAN_ID}-00`;

function planFor(
  port: number,
  protocol: 'grpc' | 'http/protobuf' = 'grpc',
  more: Partial<TelemetryPlan> = {},
): TelemetryPlan {
  return {
    samplingPercent: 100,
    otlp: { protocol, host: '127.0.0.1', port, tls: false, path: '/v1/traces' },
    headerPrefixes: [],
    staticAttributes: {},
    ...more,
  };
}

interface LoggedLine {
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function recordingLog(): Log & { readonly warnings: LoggedLine[] } {
  const warnings: LoggedLine[] = [];
  const ignore = (): void => undefined;
  return {
    warnings,
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (fields, message) => void warnings.push({ fields: fields as Record<string, unknown>, message }),
  };
}

describe('spans that reach a collector', () => {
  let collector: OtlpCollector;
  beforeEach(async () => {
    collector = await startOtlpCollector();
  });
  afterEach(async () => {
    delete process.env['OTEL_EXPORTER_OTLP_HEADERS'];
    delete process.env['OTEL_RESOURCE_ATTRIBUTES'];
    await collector.close();
  });

  it('carry one service name per component, parents across components, kind, attributes and status', async () => {
    const telemetry = createTelemetry(planFor(collector.port), recordingLog());
    expect(telemetry.enabled).toBe(true);
    const inbound = telemetry.extract(SAMPLED, 'vendor=1');
    const orchestrator = telemetry.tracer('orchestrator').startSpan('travel_assistant', {}, inbound);
    orchestrator.setAttribute('selection.agent_count', 2);
    const inOrchestrator = trace.setSpan(inbound, orchestrator);
    const others: readonly SpanComponent[] = ['agent', 'llm', 'routing', 'filter'];
    for (const component of others) {
      const span = telemetry.tracer(component).startSpan(component, { kind: SpanKind.CLIENT }, inOrchestrator);
      if (component === 'agent') span.setStatus({ code: SpanStatusCode.ERROR, message: 'agent failed' });
      span.end();
    }
    orchestrator.end();
    await telemetry.shutdown();

    const spans = await collector.waitFor((all) => all.length === 5);
    const [root] = spans.filter((span) => span.service === 'plano(orchestrator)');
    expect(root).toMatchObject({ name: 'travel_assistant', traceId: TRACE_ID, parentSpanId: ENVOY_SPAN_ID });
    expect(root?.attributes).toEqual({ 'selection.agent_count': 2 });
    for (const component of others) {
      expect(spans.find((span) => span.name === component)).toMatchObject({
        service: `plano(${component})`,
        traceId: TRACE_ID,
        parentSpanId: root?.spanId,
        kind: 'client',
      });
    }
    expect(spans.find((span) => span.name === 'agent')?.status).toEqual({ code: 'error', message: 'agent failed' });
    expect(telemetry.spanCounts()).toEqual({ exported: 5, dropped: 0, failed: 0, waiting: 0 });
  });

  it('are sent over HTTP too, with headers and resource attributes from the environment', async () => {
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-tenant=blue';
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'deployment.environment=test,service.name=ignored';
    const telemetry = createTelemetry(planFor(collector.httpPort, 'http/protobuf'), recordingLog());
    telemetry.tracer('llm').startSpan('POST /v1/chat/completions', {}, telemetry.extract(SAMPLED, undefined)).end();
    await telemetry.shutdown();
    const [span] = await collector.waitFor((all) => all.length === 1);
    expect(span?.resource).toMatchObject({ 'deployment.environment': 'test', 'service.name': 'plano(llm)' });
    expect(collector.latestHeaders()['x-tenant']).toBe('blue');
  });

  it('have the environment headers in the gRPC form as well', async () => {
    process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-tenant=green';
    const telemetry = createTelemetry(planFor(collector.port), recordingLog());
    telemetry.tracer('llm').startSpan('call', {}, telemetry.extract(SAMPLED, undefined)).end();
    await telemetry.shutdown();
    await collector.waitFor((all) => all.length === 1);
    expect(collector.latestHeaders()['x-tenant']).toBe('green');
  });

  it('have long values cut', async () => {
    const telemetry = createTelemetry(planFor(collector.port), recordingLog());
    const span = telemetry.tracer('llm').startSpan('call', {}, telemetry.extract(SAMPLED, undefined));
    span.setAttribute('long', 'é'.repeat(1_000_000)).end();
    await telemetry.shutdown();
    const [arrived] = await collector.waitFor((all) => all.length === 1);
    expect(arrived?.attributes['long']).toBe('é'.repeat(8_192));
  });

  it('are only those that Envoy sampled', async () => {
    const telemetry = createTelemetry(planFor(collector.port), recordingLog());
    const parents: readonly Context[] = [
      telemetry.extract(undefined, undefined),
      telemetry.extract(UNSAMPLED, undefined),
      telemetry.extract('not a traceparent', undefined),
    ];
    for (const parent of parents) {
      const span = telemetry.tracer('agent').startSpan('unseen', {}, parent);
      expect(span.isRecording()).toBe(false);
      span.end();
    }
    telemetry.tracer('agent').startSpan('seen', {}, telemetry.extract(SAMPLED, undefined)).end();
    await telemetry.shutdown();
    expect((await collector.waitFor((all) => all.length > 0)).map((span) => span.name)).toEqual(['seen']);
  });
});

describe('W3C context', () => {
  it.each([
    ['with tracing on', planFor(1)],
    ['with sampling 0', planFor(1, 'grpc', { samplingPercent: 0 })],
  ])('is passed on %s', async (_name, plan) => {
    const telemetry = createTelemetry(plan, recordingLog());
    expect(telemetry.inject(telemetry.extract(UNSAMPLED, 'a=1,b=2'))).toEqual({
      traceparent: UNSAMPLED,
      tracestate: 'a=1,b=2',
    });
    expect(telemetry.inject(ROOT_CONTEXT)).toEqual({});
    await telemetry.shutdown();
  });

  it('names the span the call is made in', async () => {
    const telemetry = createTelemetry(planFor(1), recordingLog());
    const parent = telemetry.extract(SAMPLED, undefined);
    const span = telemetry.tracer('agent').startSpan('call', {}, parent);
    expect(telemetry.inject(trace.setSpan(parent, span))).toEqual({
      traceparent: `00-${TRACE_ID}-${span.spanContext().spanId}-01`,
    });
    await telemetry.shutdown();
  });
});

describe('telemetry that is off', () => {
  it.each([
    ['sampling is 0', planFor(1, 'grpc', { samplingPercent: 0 })],
    ['there is no endpoint', { samplingPercent: 100, headerPrefixes: ['x-a-'], staticAttributes: { a: 'b' } }],
  ] as const)('records nothing when %s', async (_name, plan) => {
    const telemetry = createTelemetry(plan, recordingLog());
    expect(telemetry.enabled).toBe(false);
    const span = telemetry.tracer('llm').startSpan('call', {}, telemetry.extract(SAMPLED, undefined));
    expect(span.isRecording()).toBe(false);
    // The span of the no-op tracer stands for its parent, so that the trace of others is not cut.
    expect(span.spanContext().spanId).toBe(ENVOY_SPAN_ID);
    span.end();
    expect(telemetry.customAttributes(new Map([['x-a-tenant', 'blue']]))).toEqual({});
    await telemetry.shutdown();
  });
});

describe('custom attributes', () => {
  const telemetry = createTelemetry(
    planFor(1, 'grpc', {
      headerPrefixes: ['X-Tenant-', 'x-'],
      staticAttributes: { environment: 'production', region: 'eu' },
    }),
    recordingLog(),
  );

  it.each([
    ['first matching prefix', { 'x-tenant-user-id': ' 42 ' }, { 'user.id': '42' }],
    ['second prefix', { 'x-workspace': 'w1' }, { workspace: 'w1' }],
    ['leading dashes trimmed', { 'x---deep-name': 'v' }, { 'deep.name': 'v' }],
    ['nothing after the prefix', { 'x-tenant-': 'v', 'x---': 'v' }, {}],
    ['other headers', { host: 'a', 'content-type': 'b' }, {}],
    ['a header wins over a static attribute', { 'x-region': 'us' }, { region: 'us' }],
    ['credentials never', { 'x-api-key': 'k', 'x-tenant-access-token': 'k', 'x-amz-security-token': 'k' }, {}],
  ])('%s', (_name, headers, expected) => {
    const attributes = telemetry.customAttributes(new Map(Object.entries(headers)));
    expect(attributes).toEqual({ environment: 'production', region: 'eu', ...expected });
  });
});

describe('a collector that does not work', () => {
  let blackHole: Server;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    // Longer than shutdown may take, shorter than the default, so that nothing of a test outlives it for long.
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '3000';
    blackHole = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.resume();
    });
    await new Promise<void>((resolve) => blackHole.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    delete process.env['OTEL_EXPORTER_OTLP_TIMEOUT'];
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => blackHole.close(resolve));
  });

  it.each(['grpc', 'http/protobuf'] as const)(
    'swallows spans silently (%s): bounded queue, counted drops',
    async (protocol) => {
      const log = recordingLog();
      const telemetry = createTelemetry(planFor((blackHole.address() as AddressInfo).port, protocol), log);
      const tracer = telemetry.tracer('llm');
      const parent = telemetry.extract(SAMPLED, undefined);
      const total = 20_000;
      const started = performance.now();
      for (let index = 0; index < total; index += 1) tracer.startSpan('call', {}, parent).end();
      const microsecondsPerSpan = ((performance.now() - started) * 1_000) / total;
      // Generous: it only has to show that no span waits for the collector.
      expect(microsecondsPerSpan).toBeLessThan(500);
      await new Promise((resolve) => setTimeout(resolve, 50));

      const counts = telemetry.spanCounts();
      expect(counts.exported).toBe(0);
      expect(counts.waiting).toBeLessThanOrEqual(2_048);
      // Everything that is not waiting or in the one export under way was dropped.
      expect(counts.dropped).toBeGreaterThanOrEqual(total - 2_048 - 512);
      expect(log.warnings).toHaveLength(1);
      expect(log.warnings[0]?.fields['endpoint']).toMatch(/^http:\/\/127\.0\.0\.1:/);

      const stopping = performance.now();
      await telemetry.shutdown();
      expect(performance.now() - stopping).toBeLessThan(2_500);
    },
  );

  it.each(['grpc', 'http/protobuf'] as const)(
    'refuses connections (%s): spans are counted, shutdown is short',
    async (protocol) => {
      const { port } = blackHole.address() as AddressInfo;
      await new Promise((resolve) => blackHole.close(resolve));
      const log = recordingLog();
      const telemetry = createTelemetry(planFor(port, protocol), log);
      const parent = telemetry.extract(SAMPLED, undefined);
      for (let index = 0; index < 100; index += 1) telemetry.tracer('llm').startSpan('call', {}, parent).end();
      const stopping = performance.now();
      await telemetry.shutdown();
      expect(performance.now() - stopping).toBeLessThan(2_500);
      const { exported, dropped, failed } = telemetry.spanCounts();
      expect({ exported, dropped }).toEqual({ exported: 0, dropped: 0 });
      // The HTTP form keeps trying within its own timeout, longer than shutdown waits.
      if (protocol === 'grpc') expect(failed).toBe(100);
      telemetry.tracer('llm').startSpan('late', {}, parent).end();
      expect(telemetry.spanCounts().dropped).toBe(1);
    },
  );
});
