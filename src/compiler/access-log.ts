import { METADATA_EXCHANGE_NAMESPACE, METADATA_USAGE_NAMESPACE } from '../config/names';
import type { Wiring } from '../config/plan';
import { because, duration, extension, literalInFormat, together, typed, type EnvoyObject } from './resource';
import { CLIENT_PATH_STATE, SIDECAR_CLUSTER } from './resource-names';

/** File in Wiring.logDirectory that all listeners write to, one JSON object per line. */
export const ACCESS_LOG_FILE = 'access.log';

/** Entries wait this long at most, so that a counter shows a request well within two seconds. */
const FLUSH_INTERVAL_MS = 500;

/**
 * JSON access log of one listener. Holds no header that may carry a credential, and paths without their query,
 * because some APIs take keys there.
 *
 * @param listenerName value of the `listener` field
 */
export function accessLog(listenerName: string, wiring: Wiring): EnvoyObject {
  const format = { log_format: { json_format: fields(listenerName) } };
  if (wiring.logDirectory === undefined) {
    const type = 'envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
    return { name: 'envoy.access_loggers.stdout', typed_config: typed(type, format) };
  }
  return extension('envoy.access_loggers.file', 'envoy.extensions.access_loggers.file.v3.FileAccessLog', {
    path: `${wiring.logDirectory}/${ACCESS_LOG_FILE}`,
    ...format,
  });
}

/**
 * The same requests as a gRPC stream to the sidecar, which counts them (tokens, durations, failures).
 *
 * @param listenerName log name of the stream
 */
export function accessLogStream(listenerName: string): EnvoyObject {
  return extension(
    'envoy.access_loggers.http_grpc',
    'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig',
    {
      common_config: because(
        {
          log_name: listenerName,
          transport_api_version: 'V3',
          grpc_service: { envoy_grpc: { cluster_name: SIDECAR_CLUSTER, skip_envoy_headers: true } },
          buffer_flush_interval: duration(FLUSH_INTERVAL_MS),
        },
        { buffer_flush_interval: 'Entries travel together; the counters may lag behind by this much.' },
      ),
    },
  );
}

function fields(listenerName: string): EnvoyObject {
  return together(requestFields(listenerName), usageFields());
}

/** Who answered and what it cost; null where no model was asked. */
function usageFields(): EnvoyObject {
  const answerer = (key: string): string => `%DYNAMIC_METADATA(${METADATA_EXCHANGE_NAMESPACE}:${key})%`;
  const count = (key: string): string => `%DYNAMIC_METADATA(${METADATA_USAGE_NAMESPACE}:${key})%`;
  return because(
    {
      provider: answerer('provider'),
      model: answerer('model'),
      prompt_tokens: count('prompt'),
      completion_tokens: count('completion'),
      cache_read_tokens: count('cache_read'),
      cache_write_tokens: count('cache_write'),
      thought_tokens: count('thoughts'),
    },
    {
      provider: 'Who was asked last, in the sidecar’s words: an answer may name itself as it likes.',
      prompt_tokens: 'Counts as the vendor reports them; null when it reports none.',
    },
  );
}

function requestFields(listenerName: string): EnvoyObject {
  return because(
    {
      time: '%START_TIME%',
      listener: literalInFormat(listenerName),
      method: '%REQ(:METHOD)%',
      path: `%FILTER_STATE(${CLIENT_PATH_STATE}:PLAIN)%`,
      upstream_path: '%PATH(NQ)%',
      protocol: '%PROTOCOL%',
      status: '%RESPONSE_CODE%',
      flags: '%RESPONSE_FLAGS%',
      details: '%RESPONSE_CODE_DETAILS%',
      upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
      upstream_host: '%UPSTREAM_HOST%',
      attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
      duration_ms: '%DURATION%',
      request_ms: '%REQUEST_DURATION%',
      first_byte_ms: '%RESPONSE_DURATION%',
      bytes_received: '%BYTES_RECEIVED%',
      bytes_sent: '%BYTES_SENT%',
      client: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%',
      user_agent: '%REQ(USER-AGENT)%',
      request_id: '%REQ(X-REQUEST-ID)%',
      trace_id: '%TRACE_ID%',
    },
    { path: 'As the client sent it, without its query.', upstream_path: 'As it went out, without its query.' },
  );
}
