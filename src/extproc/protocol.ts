import path from 'node:path';
import type { GrpcObject, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/**
 * The protobuf messages as @grpc/proto-loader shows them (camel case, virtual oneof fields, no defaults).
 * Field meanings: envoy/service/ext_proc/v3/external_processor.proto of Envoy 1.40.
 */
export interface HeaderValue {
  readonly key?: string;
  readonly value?: string;
  /** Envoy sends values here; `value` stays empty. */
  readonly rawValue?: Buffer;
}

export interface HttpHeaders {
  readonly headers?: { readonly headers?: readonly HeaderValue[] };
  readonly endOfStream?: boolean;
}

export interface HttpBody {
  readonly body?: Buffer;
  readonly endOfStream?: boolean;
}

export interface StructValue {
  readonly stringValue?: string;
  readonly numberValue?: number;
  readonly boolValue?: boolean;
  readonly structValue?: Struct;
  readonly listValue?: { readonly values?: readonly StructValue[] };
}

export interface Struct {
  readonly fields?: Readonly<Record<string, StructValue>>;
}

export type RequestPhase =
  'requestHeaders' | 'responseHeaders' | 'requestBody' | 'responseBody' | 'requestTrailers' | 'responseTrailers';

export interface ProcessingRequest {
  readonly request?: RequestPhase;
  readonly requestHeaders?: HttpHeaders;
  readonly responseHeaders?: HttpHeaders;
  readonly requestBody?: HttpBody;
  readonly responseBody?: HttpBody;
  readonly requestTrailers?: object;
  readonly responseTrailers?: object;
  readonly metadataContext?: { readonly filterMetadata?: Readonly<Record<string, Struct>> };
  readonly attributes?: Readonly<Record<string, Struct>>;
}

/** CommonResponse.ResponseStatus. */
export const CONTINUE = 0;
export const CONTINUE_AND_REPLACE = 1;

/** HeaderValueOption.HeaderAppendAction. */
export const OVERWRITE_IF_EXISTS_OR_ADD = 2;

/** ProcessingMode.HeaderSendMode and BodySendMode. */
export const HEADERS_SEND = 1;
export const HEADERS_SKIP = 2;
export const BODY_NONE = 0;
export const BODY_BUFFERED = 2;
export const BODY_FULL_DUPLEX_STREAMED = 4;

export interface HeaderMutation {
  readonly setHeaders?: readonly {
    readonly header: { readonly key: string; readonly rawValue: Buffer };
    readonly appendAction: number;
  }[];
  readonly removeHeaders?: readonly string[];
}

export interface CommonResponse {
  readonly status?: number;
  readonly headerMutation?: HeaderMutation;
  readonly bodyMutation?: {
    readonly body?: Buffer;
    readonly clearBody?: boolean;
    readonly streamedResponse?: { readonly body: Buffer; readonly endOfStream: boolean };
  };
  readonly clearRouteCache?: boolean;
}

export interface ProcessingMode {
  readonly requestHeaderMode?: number;
  readonly responseHeaderMode?: number;
  readonly requestBodyMode?: number;
  readonly responseBodyMode?: number;
  readonly requestTrailerMode?: number;
  readonly responseTrailerMode?: number;
}

export interface ProcessingResponse {
  readonly requestHeaders?: { readonly response?: CommonResponse };
  readonly responseHeaders?: { readonly response?: CommonResponse };
  readonly requestBody?: { readonly response?: CommonResponse };
  readonly responseBody?: { readonly response?: CommonResponse };
  readonly requestTrailers?: { readonly headerMutation?: HeaderMutation };
  readonly responseTrailers?: { readonly headerMutation?: HeaderMutation };
  readonly immediateResponse?: {
    readonly status: { readonly code: number };
    readonly headers?: HeaderMutation;
    readonly body?: Buffer;
    readonly details?: string;
  };
  readonly dynamicMetadata?: Struct;
  readonly modeOverride?: ProcessingMode;
  readonly overrideMessageTimeout?: { readonly seconds: number; readonly nanos: number };
}

/** google.protobuf.Duration */
export interface Duration {
  readonly seconds?: number;
  readonly nanos?: number;
}

/** envoy.data.accesslog.v3.ResponseFlags, as far as metering tells failures apart. */
export interface ResponseFlags {
  readonly noHealthyUpstream?: boolean;
  readonly upstreamRequestTimeout?: boolean;
  readonly upstreamRemoteReset?: boolean;
  readonly upstreamConnectionFailure?: boolean;
  readonly upstreamConnectionTermination?: boolean;
  readonly downstreamConnectionTermination?: boolean;
  readonly streamIdleTimeout?: boolean;
  readonly upstreamMaxStreamDurationReached?: boolean;
  readonly durationTimeout?: boolean;
  readonly upstreamProtocolError?: boolean;
  readonly dnsResolutionFailure?: boolean;
  readonly downstreamRemoteReset?: boolean;
}

/** envoy.data.accesslog.v3.HTTPAccessLogEntry, cut down. */
export interface HttpAccessLogEntry {
  readonly commonProperties?: {
    readonly timeToFirstUpstreamRxByte?: Duration;
    readonly upstreamCluster?: string;
    readonly responseFlags?: ResponseFlags;
    readonly metadata?: { readonly filterMetadata?: Readonly<Record<string, Struct>> };
    readonly duration?: Duration;
    readonly upstreamRequestAttemptCount?: number;
  };
  readonly request?: { readonly requestId?: string };
  readonly response?: {
    readonly responseCode?: { readonly value?: number };
    readonly responseBodyBytes?: number;
  };
}

/** envoy.service.accesslog.v3.StreamAccessLogsMessage */
export interface AccessLogMessage {
  readonly identifier?: { readonly logName?: string };
  readonly httpLogs?: { readonly logEntry?: readonly HttpAccessLogEntry[] };
}

const PROTOCOL_FILES = [
  'envoy/service/ext_proc/v3/external_processor.proto',
  'envoy/service/accesslog/v3/als.proto',
  'grpc/health/v1/health.proto',
];

type Definition = ServiceDefinition<UntypedServiceImplementation>;

function serviceAt(root: GrpcObject, dottedName: string): Definition {
  let node: unknown = root;
  for (const part of dottedName.split('.')) node = (node as Record<string, unknown>)[part];
  return (node as { service: Definition }).service;
}

/** Reads proto/ once; called at start-up only. */
export function loadProtocol(protoDirectory: string = path.resolve(__dirname, '../../proto')): {
  externalProcessor: Definition;
  accessLog: Definition;
  health: Definition;
} {
  const root = loadPackageDefinition(
    loadSync(PROTOCOL_FILES, {
      includeDirs: [protoDirectory],
      longs: Number,
      oneofs: true,
      defaults: false,
    }),
  );
  return {
    externalProcessor: serviceAt(root, 'envoy.service.ext_proc.v3.ExternalProcessor'),
    accessLog: serviceAt(root, 'envoy.service.accesslog.v3.AccessLogService'),
    health: serviceAt(root, 'grpc.health.v1.Health'),
  };
}
