/**
 * A sidecar without a pipeline, for tests of the compiled Envoy resources alone: it does what headers of the request say.
 *
 * `x-clusters: a,b` forwards to these clusters in order; `x-reply: 503` answers by itself; `x-stall: 1` never answers.
 */
import { rm } from 'node:fs/promises';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  CONTINUE_AND_REPLACE,
  loadProtocol,
  OVERWRITE_IF_EXISTS_OR_ADD,
  type HeaderMutation,
  type HttpHeaders,
  type ProcessingRequest,
  type ProcessingResponse,
  type Struct,
  type StructValue,
} from '../../src/extproc/protocol';
import {
  FROM_UPSTREAM_HEADER,
  GRPC_LISTENER_KEY,
  GRPC_ROLE_KEY,
  METADATA_EXCHANGE_NAMESPACE,
  METADATA_ROUTE_NAMESPACE,
} from '../../src/config/names';

type ProcessStream = ServerDuplexStream<ProcessingRequest, ProcessingResponse>;

/** What the sidecar saw of one ext_proc stream. */
export interface SeenStream {
  readonly role: string;
  readonly listener: string | undefined;
  readonly traceparent: string | undefined;
  /** Request headers as they were on this stream. */
  requestHeaders: ReadonlyMap<string, string>;
  responseHeaders: ReadonlyMap<string, string> | undefined;
  /** `xds.cluster_name` of an attempt stream. */
  cluster: string | undefined;
}

/** Body of an attempt, so that the upstream's copy tells who rendered it. */
export const ATTEMPT_PREFIX = 'rendered again: ';
export const FIRST_PATH = '/first/attempt';
export const LATER_PATH = '/later/attempt';

export class ScriptedSidecar {
  readonly streams: SeenStream[] = [];
  private readonly server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  private readonly bodies = new Map<string, Buffer>();

  private constructor(private readonly socketPath: string) {}

  static async start(socketPath: string): Promise<ScriptedSidecar> {
    const sidecar = new ScriptedSidecar(socketPath);
    await rm(socketPath, { force: true });
    sidecar.server.addService(loadProtocol().externalProcessor, {
      process: (stream: ProcessStream) => sidecar.serve(stream),
    });
    await new Promise<void>((resolve, reject) => {
      sidecar.server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    return sidecar;
  }

  async stop(): Promise<void> {
    this.server.forceShutdown();
    await rm(this.socketPath, { force: true });
  }

  private serve(stream: ProcessStream): void {
    const first = (key: string): string | undefined => stream.metadata.get(key)[0]?.toString();
    const seen: SeenStream = {
      role: first(GRPC_ROLE_KEY) ?? '',
      listener: first(GRPC_LISTENER_KEY),
      traceparent: first('traceparent'),
      requestHeaders: new Map(),
      responseHeaders: undefined,
      cluster: undefined,
    };
    this.streams.push(seen);
    stream.on('data', (message: ProcessingRequest) => {
      const answer = seen.role === 'attempt' ? this.attempt(seen, message) : this.front(seen, message);
      if (answer !== undefined) stream.write(answer);
    });
    stream.on('end', () => stream.end());
    // Envoy resets streams of requests that it ended itself.
    stream.on('error', () => undefined);
  }

  private front(seen: SeenStream, message: ProcessingRequest): ProcessingResponse | undefined {
    if (message.requestHeaders !== undefined) {
      seen.requestHeaders = headerMap(message.requestHeaders);
      if (seen.requestHeaders.has('x-stall')) return undefined;
      const status = seen.requestHeaders.get('x-reply');
      if (status === undefined) return { requestHeaders: {} };
      const headers = mutation({ 'content-type': 'application/json' });
      return {
        immediateResponse: { status: { code: Number(status) }, headers, body: Buffer.from('{"from":"sidecar"}') },
      };
    }
    if (message.requestBody !== undefined) return this.forward(seen, message.requestBody.body ?? Buffer.alloc(0));
    if (message.responseHeaders === undefined) return undefined;
    seen.responseHeaders = headerMap(message.responseHeaders);
    return { responseHeaders: { response: { headerMutation: { removeHeaders: [FROM_UPSTREAM_HEADER] } } } };
  }

  private forward(seen: SeenStream, body: Buffer): ProcessingResponse {
    const id = `exchange-${this.bodies.size}`;
    this.bodies.set(id, body);
    const clusters = seen.requestHeaders.get('x-clusters')?.split(',') ?? [];
    const groups = clusters.map((name) => ({ name, clusters: [{ cluster_name: name, weight: 1 }] }));
    const headerMutation = mutation({
      ':path': `${FIRST_PATH}?key=secret`,
      'x-envoy-max-retries': String(Math.max(0, clusters.length - 1)),
      'x-envoy-retry-on': 'connect-failure,refused-stream,reset,5xx,retriable-status-codes',
      'x-envoy-retriable-status-codes': '408,409,429',
    });
    return {
      requestBody: { response: { headerMutation, clearRouteCache: true } },
      dynamicMetadata: struct({
        [METADATA_EXCHANGE_NAMESPACE]: { id },
        ...(groups.length > 0 ? { [METADATA_ROUTE_NAMESPACE]: { priority_groups: groups } } : {}),
      }),
    };
  }

  private attempt(seen: SeenStream, message: ProcessingRequest): ProcessingResponse | undefined {
    if (message.requestHeaders === undefined) return undefined;
    seen.requestHeaders = headerMap(message.requestHeaders);
    seen.cluster = Object.values(message.attributes ?? {})[0]?.fields?.['xds.cluster_name']?.stringValue;
    const id = message.metadataContext?.filterMetadata?.[METADATA_EXCHANGE_NAMESPACE]?.fields?.['id']?.stringValue;
    const body = Buffer.concat([Buffer.from(ATTEMPT_PREFIX), this.bodies.get(id ?? '') ?? Buffer.from('(unknown)')]);
    return {
      requestHeaders: {
        response: {
          status: CONTINUE_AND_REPLACE,
          headerMutation: mutation({ ':path': LATER_PATH }),
          bodyMutation: { body },
        },
      },
      dynamicMetadata: struct({ [METADATA_EXCHANGE_NAMESPACE]: { id: id ?? '', content_length: String(body.length) } }),
    };
  }
}

function headerMap({ headers }: HttpHeaders): ReadonlyMap<string, string> {
  return new Map((headers?.headers ?? []).map(({ key, rawValue }) => [key ?? '', rawValue?.toString() ?? '']));
}

function mutation(set: Readonly<Record<string, string>>): HeaderMutation {
  const setHeaders = Object.entries(set).map(([key, value]) => ({
    header: { key, rawValue: Buffer.from(value) },
    appendAction: OVERWRITE_IF_EXISTS_OR_ADD,
  }));
  return { setHeaders };
}

type Json = string | number | readonly Json[] | { readonly [key: string]: Json };

function struct(fields: Readonly<Record<string, Json>>): Struct {
  return { fields: Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, structValue(value)])) };
}

function structValue(value: Json): StructValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map((item: Json) => structValue(item)) } };
  return { structValue: struct(value as Readonly<Record<string, Json>>) };
}
