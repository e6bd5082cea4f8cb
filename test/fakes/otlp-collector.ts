/**
 * A trace collector for tests: receives OTLP over gRPC and over HTTP (protobuf) and keeps the spans for assertions.
 * It decodes with its own copy of the protocol's field numbers, so it does not share code with the exporter under test.
 */
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

type AttributeValue = string | number | boolean | readonly AttributeValue[];

const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_CODES = ['unset', 'ok', 'error'] as const;

export interface CollectedSpan {
  readonly name: string;
  /** `service.name` of the resource. */
  readonly service: string;
  readonly resource: Readonly<Record<string, AttributeValue>>;
  /** Lower-case hex. */
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for roots. */
  readonly parentSpanId: string;
  readonly kind: (typeof SPAN_KINDS)[number];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, AttributeValue>> }[];
  readonly status: { readonly code: (typeof STATUS_CODES)[number]; readonly message: string };
  readonly durationMs: number;
}

export interface OtlpCollector {
  /** gRPC, 127.0.0.1. */
  readonly port: number;
  /** HTTP, 127.0.0.1, path /v1/traces. */
  readonly httpPort: number;
  /** In order of arrival. */
  spans(): readonly CollectedSpan[];
  /** Metadata (gRPC) or headers (HTTP) of the latest export. */
  latestHeaders(): Readonly<Record<string, string>>;
  /** Resolves with all spans as soon as `predicate` holds for them; rejects with the span list after `timeoutMs`. */
  waitFor(
    predicate: (spans: readonly CollectedSpan[]) => boolean,
    timeoutMs?: number,
  ): Promise<readonly CollectedSpan[]>;
  close(): Promise<void>;
}

interface WireValue {
  readonly value?: 'stringValue' | 'boolValue' | 'intValue' | 'doubleValue' | 'arrayValue';
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly WireValue[] };
}
type WireAttributes = readonly { readonly key: string; readonly value: WireValue | null }[];
interface WireSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: WireAttributes;
  readonly events: readonly { readonly name: string; readonly attributes: WireAttributes }[];
  readonly status: { readonly message: string; readonly code: number } | null;
}
interface WireExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: WireAttributes } | null;
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const definition = loadSync(path.join(__dirname, 'otlp-trace.proto'), { longs: String, defaults: true, oneofs: true });
const service = definition['opentelemetry.proto.collector.trace.v1.TraceService'] as ServiceDefinition;

/** Listens on free loopback ports. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const collected: CollectedSpan[] = [];
  const watchers = new Set<() => void>();
  let latest: Record<string, string> = {};
  const receive = (message: WireExport, headers: Record<string, string>): void => {
    latest = headers;
    collected.push(...readExport(message));
    for (const watcher of watchers) watcher();
  };
  const grpc = new Server();
  grpc.addService(service, {
    Export: (call: ServerUnaryCall<WireExport, object>, respond: sendUnaryData<object>) => {
      const metadata = Object.entries(call.metadata.getMap()).map(([name, value]) => [name, value.toString()] as const);
      receive(call.request, Object.fromEntries(metadata));
      respond(null, {});
    },
  });
  const http = createHttpReceiver(receive);
  const [port, httpPort] = await Promise.all([listenGrpc(grpc), listenHttp(http)]);
  return {
    port,
    httpPort,
    spans: () => collected,
    latestHeaders: () => latest,
    waitFor: (predicate, timeoutMs = 5_000) => waitForSpans(collected, watchers, predicate, timeoutMs),
    close: async () => {
      grpc.forceShutdown();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function waitForSpans(
  collected: readonly CollectedSpan[],
  watchers: Set<() => void>,
  predicate: (spans: readonly CollectedSpan[]) => boolean,
  timeoutMs: number,
): Promise<readonly CollectedSpan[]> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      watchers.delete(check);
      finish();
    };
    const check = (): void => {
      if (predicate(collected)) settle(() => resolve(collected));
    };
    const timer = setTimeout(() => {
      const names = collected.map((span) => `${span.service} ${span.name}`).join('\n  ');
      settle(() => reject(new Error(`spans did not arrive within ${String(timeoutMs)} ms; got:\n  ${names}`)));
    }, timeoutMs);
    watchers.add(check);
    check();
  });
}

function createHttpReceiver(receive: (message: WireExport, headers: Record<string, string>) => void): HttpServer {
  const decode = service['Export']?.requestDeserialize as (bytes: Buffer) => WireExport;
  return createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const accepted = request.url === '/v1/traces' && request.headers['content-type'] === 'application/x-protobuf';
      if (accepted) receive(decode(Buffer.concat(chunks)), request.headers as Record<string, string>);
      response.writeHead(accepted ? 200 : 404).end();
    });
  });
}

function readExport(message: WireExport): CollectedSpan[] {
  return message.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const resourceAttributes = readAttributes(resource?.attributes ?? []);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpan(span, resourceAttributes)));
  });
}

function readSpan(span: WireSpan, resource: Record<string, AttributeValue>): CollectedSpan {
  return {
    name: span.name,
    service: String(resource['service.name'] ?? ''),
    resource,
    traceId: span.traceId.toString('hex'),
    spanId: span.spanId.toString('hex'),
    parentSpanId: span.parentSpanId.toString('hex'),
    kind: SPAN_KINDS[span.kind] ?? 'unspecified',
    attributes: readAttributes(span.attributes),
    events: span.events.map(({ name, attributes }) => ({ name, attributes: readAttributes(attributes) })),
    status: { code: STATUS_CODES[span.status?.code ?? 0] ?? 'unset', message: span.status?.message ?? '' },
    durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
  };
}

function readAttributes(attributes: WireAttributes): Record<string, AttributeValue> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: WireValue | null): AttributeValue {
  switch (value?.value) {
    case 'stringValue':
      return value.stringValue ?? '';
    case 'boolValue':
      return value.boolValue ?? false;
    case 'intValue':
      return Number(value.intValue);
    case 'doubleValue':
      return value.doubleValue ?? 0;
    case 'arrayValue':
      return (value.arrayValue?.values ?? []).map(readValue);
    default:
      return '';
  }
}

function listenGrpc(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

function listenHttp(server: HttpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
