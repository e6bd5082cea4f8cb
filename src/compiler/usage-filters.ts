import { METADATA_USAGE_NAMESPACE } from '../config/names';
import { ANSWER_USAGE, EVENT_USAGE, type UsagePath } from '../wire/usage-paths';
import { because, extension, MEBIBYTE, type EnvoyObject } from './resource';

/**
 * HTTP filters that copy the token counts of an upstream's answer into dynamic metadata, from where the access logs take
 * them: exact counts without a message to the sidecar. They run before the sidecar sees the answer (filters run backwards
 * on the way out), so they read what the upstream wrote, translated or not.
 */
export function usageFilters(): readonly EnvoyObject[] {
  return [jsonFilter(), eventFilter()];
}

/** Largest server-sent event that is read (Envoy takes no larger limit); a larger one passes unread. The last event of the Responses API holds everything. */
const MAX_EVENT_BYTES = 10 * MEBIBYTE;

/** `application/json`, with or without parameters, and what is built on it (`application/vnd.api+json`). */
const JSON_TYPE = '(?i)application/([a-z0-9.-]+\\+)?json( *;.*)?';

/** envoy.filters.http.json_to_metadata: holds a complete JSON answer until its end. */
function jsonFilter(): EnvoyObject {
  return extension(
    'outerloop.usage-json',
    'envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata',
    because(
      {
        response_rules: because(
          {
            rules: ANSWER_USAGE.map(rule),
            allow_content_types_regex: { regex: JSON_TYPE },
          },
          { allow_content_types_regex: 'The default takes no parameters, and many upstreams add a charset.' },
        ),
      },
      { response_rules: 'Token counts of complete answers; the bytes stay as they are.' },
    ),
  );
}

/** envoy.filters.http.sse_to_metadata: reads events while they pass, holds none back. */
function eventFilter(): EnvoyObject {
  return extension(
    'outerloop.usage-events',
    'envoy.extensions.filters.http.sse_to_metadata.v3.SseToMetadata',
    because(
      {
        response_rules: because(
          {
            content_parser: extension(
              'envoy.content_parsers.json',
              'envoy.extensions.content_parsers.json.v3.JsonContentParser',
              {
                rules: EVENT_USAGE.map((each) => ({
                  rule: rule(each),
                  ...(each.once === true ? { stop_processing_after_matches: 1 } : {}),
                })),
              },
            ),
            max_event_size: MAX_EVENT_BYTES,
          },
          { max_event_size: 'The default of 8 KiB loses the last event of the Responses API, which holds the answer.' },
        ),
      },
      { response_rules: 'Token counts of streams; nothing is held back.' },
    ),
  );
}

/** envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata.Rule */
function rule({ key, path }: UsagePath): EnvoyObject {
  return {
    selectors: path.split('.').map((step) => ({ key: step })),
    on_present: { metadata_namespace: METADATA_USAGE_NAMESPACE, key },
  };
}
