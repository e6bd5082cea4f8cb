import type { sendUnaryData, ServerReadableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { METADATA_EXCHANGE_NAMESPACE, METADATA_USAGE_NAMESPACE } from '../config/names';
import type { Answerer } from '../pipeline/mutation';
import type { RequestRecord, TokenCounts, UpstreamFailure } from '../pipeline/request-record';
import type { Log } from '../ports/log';
import type { UsageKey } from '../wire/usage-paths';
import type { AccessLogMessage, Duration, HttpAccessLogEntry, ResponseFlags, Struct } from './protocol';

type LogCall = ServerReadableStream<AccessLogMessage, object>;

export interface AccessLogOptions {
  /** Called once per finished request, in the order of Envoy's log. */
  readonly onRecord: (record: RequestRecord) => void;
  readonly log: Log;
}

export interface AccessLogServer {
  readonly implementation: UntypedServiceImplementation;
  /** Ends the streams, which Envoy would keep open for ever; it opens new ones when there is somebody to talk to. */
  close(): void;
}

/** envoy.service.accesslog.v3.AccessLogService: Envoy tells in batches how requests ended, and expects no answer. */
export function accessLogService({ onRecord, log }: AccessLogOptions): AccessLogServer {
  const open = new Map<LogCall, sendUnaryData<object>>();
  const end = (call: LogCall): void => {
    open.get(call)?.(null, {});
    open.delete(call);
  };
  return {
    implementation: {
      streamAccessLogs(call: LogCall, reply: sendUnaryData<object>): void {
        open.set(call, reply);
        let listener = '';
        call.on('data', (message: AccessLogMessage) => {
          // Only the first message of a stream says whose log it is.
          listener = message.identifier?.logName ?? listener;
          for (const entry of message.httpLogs?.logEntry ?? []) {
            try {
              onRecord(readEntry(listener, entry));
            } catch (error) {
              log.error({ err: error }, 'an access log entry could not be counted');
            }
          }
        });
        call.on('end', () => end(call));
        call.on('cancelled', () => open.delete(call));
        call.on('error', () => open.delete(call));
      },
    },
    close: () => [...open.keys()].forEach(end),
  };
}

/** An entry in our own words. Every field of Envoy's is optional. */
export function readEntry(listener: string, entry: HttpAccessLogEntry): RequestRecord {
  const common = entry.commonProperties ?? {};
  const metadata = common.metadata?.filterMetadata ?? {};
  const exchange = metadata[METADATA_EXCHANGE_NAMESPACE];
  const answerer = readAnswerer(exchange);
  const exchangeId = textField(exchange, 'id');
  const firstByteMs = milliseconds(common.timeToFirstUpstreamRxByte);
  return {
    listener,
    status: entry.response?.responseCode?.value ?? 0,
    attempts: common.upstreamRequestAttemptCount ?? 0,
    durationMs: milliseconds(common.duration) ?? 0,
    answerBytes: entry.response?.responseBodyBytes ?? 0,
    failure: failureOf(common.responseFlags ?? {}),
    tokens: readTokens(metadata[METADATA_USAGE_NAMESPACE]),
    ...(exchangeId === undefined ? {} : { exchangeId }),
    ...(common.upstreamCluster === undefined ? {} : { cluster: common.upstreamCluster }),
    ...(firstByteMs === undefined ? {} : { firstByteMs }),
    ...(answerer === undefined ? {} : { answerer }),
  };
}

function readAnswerer(exchange: Struct | undefined): Answerer | undefined {
  const [provider, model, api] = (['provider', 'model', 'api'] as const).map((key) => textField(exchange, key));
  return provider === undefined || model === undefined || api === undefined ? undefined : { provider, model, api };
}

/** What a vendor counts beside prompt and completion is part of them. */
function readTokens(usage: Struct | undefined): TokenCounts {
  const prompt = sum(countField(usage, 'prompt'), countField(usage, 'tool_prompt'));
  const completion = sum(countField(usage, 'completion'), countField(usage, 'thoughts'));
  const cacheRead = countField(usage, 'cache_read');
  const cacheWrite = countField(usage, 'cache_write');
  return {
    ...(prompt === undefined ? {} : { prompt }),
    ...(completion === undefined ? {} : { completion }),
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}

function sum(count: number | undefined, more: number | undefined): number | undefined {
  return count === undefined ? more : count + (more ?? 0);
}

/** Upstreams may write anything where a count belongs: only what can be one is taken. */
function countField(struct: Struct | undefined, key: UsageKey): number | undefined {
  const value = struct?.fields?.[key]?.numberValue;
  return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function textField(struct: Struct | undefined, key: string): string | undefined {
  return struct?.fields?.[key]?.stringValue;
}

function milliseconds(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : (duration.seconds ?? 0) * 1000 + (duration.nanos ?? 0) / 1_000_000;
}

/** Response flags to failures, the first that holds; names as in brightstaff_llm_upstream_requests_total. */
const FAILURES: readonly (readonly [UpstreamFailure, readonly (keyof ResponseFlags)[]])[] = [
  ['cancelled', ['downstreamConnectionTermination', 'downstreamRemoteReset']],
  ['timeout', ['upstreamRequestTimeout', 'durationTimeout', 'streamIdleTimeout', 'upstreamMaxStreamDurationReached']],
  ['connect', ['upstreamConnectionFailure', 'noHealthyUpstream', 'dnsResolutionFailure']],
  ['parse', ['upstreamProtocolError']],
  ['stream', ['upstreamRemoteReset', 'upstreamConnectionTermination']],
];

function failureOf(flags: ResponseFlags): UpstreamFailure {
  return FAILURES.find(([, names]) => names.some((name) => flags[name] === true))?.[0] ?? 'none';
}
