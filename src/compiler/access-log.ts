import type { Wiring } from '../config/plan';
import { because, extension, literalInFormat, typed, type EnvoyObject } from './resource';
import { CLIENT_PATH_STATE } from './resource-names';

/** File in Wiring.logDirectory that all listeners write to, one JSON object per line. */
export const ACCESS_LOG_FILE = 'access.log';

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

function fields(listenerName: string): EnvoyObject {
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
