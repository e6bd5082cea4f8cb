import { METADATA_USAGE_NAMESPACE, type UsageKey } from '../config/names';
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

interface UsageRule {
  readonly key: UsageKey;
  /** Where the number stands in the JSON of an answer or event. */
  readonly path: string;
  /** The event that has it comes once. */
  readonly once?: true;
}

/**
 * Counts of complete answers. Later rules win: the names that are a vendor's own stand behind those that it may send for
 * compatibility.
 */
const ANSWER_RULES: readonly UsageRule[] = [
  { key: 'prompt', path: 'meta.tokens.input_tokens' },
  { key: 'prompt', path: 'meta.billed_units.input_tokens' },
  { key: 'prompt', path: 'usage.tokens.input_tokens' },
  { key: 'prompt', path: 'inputTextTokenCount' },
  { key: 'prompt', path: 'usage.inputTokens' },
  { key: 'prompt', path: 'usage.input_tokens' },
  { key: 'prompt', path: 'usage.prompt_tokens' },
  { key: 'prompt', path: 'usageMetadata.promptTokenCount' },
  { key: 'completion', path: 'meta.tokens.output_tokens' },
  { key: 'completion', path: 'usage.tokens.output_tokens' },
  { key: 'completion', path: 'usage.outputTokens' },
  { key: 'completion', path: 'usage.output_tokens' },
  { key: 'completion', path: 'usage.completion_tokens' },
  { key: 'completion', path: 'usageMetadata.candidatesTokenCount' },
  { key: 'thoughts', path: 'usageMetadata.thoughtsTokenCount' },
  { key: 'tool_prompt', path: 'usageMetadata.toolUsePromptTokenCount' },
  { key: 'cache_read', path: 'usage.cached_tokens' },
  { key: 'cache_read', path: 'usage.prompt_cache_hit_tokens' },
  { key: 'cache_read', path: 'usage.cacheReadInputTokens' },
  { key: 'cache_read', path: 'usage.cache_read_input_tokens' },
  { key: 'cache_read', path: 'usage.input_tokens_details.cached_tokens' },
  { key: 'cache_read', path: 'usage.prompt_tokens_details.cached_tokens' },
  { key: 'cache_read', path: 'usageMetadata.cachedContentTokenCount' },
  { key: 'cache_write', path: 'usage.cacheWriteInputTokens' },
  { key: 'cache_write', path: 'usage.cache_creation_input_tokens' },
  { key: 'cache_write', path: 'usage.prompt_tokens_details.cache_write_tokens' },
];

/**
 * Counts in streams. Every event is held against every rule, so these are only what streams are known to carry; a count
 * that comes again replaces the earlier one. Anthropic's first event says the prompt, its last one the completion
 * (`output_tokens` of the first one is provisional and no rule of ours).
 */
const EVENT_RULES: readonly UsageRule[] = [
  { key: 'prompt', path: 'message.usage.input_tokens', once: true },
  { key: 'cache_read', path: 'message.usage.cache_read_input_tokens', once: true },
  { key: 'cache_write', path: 'message.usage.cache_creation_input_tokens', once: true },
  { key: 'completion', path: 'usage.output_tokens' },
  { key: 'prompt', path: 'usage.input_tokens' },
  { key: 'prompt', path: 'x_groq.usage.prompt_tokens' },
  { key: 'completion', path: 'x_groq.usage.completion_tokens' },
  { key: 'prompt', path: 'usage.prompt_tokens' },
  { key: 'completion', path: 'usage.completion_tokens' },
  { key: 'cache_read', path: 'usage.prompt_tokens_details.cached_tokens' },
  { key: 'prompt', path: 'response.usage.input_tokens' },
  { key: 'completion', path: 'response.usage.output_tokens' },
  { key: 'cache_read', path: 'response.usage.input_tokens_details.cached_tokens' },
  { key: 'prompt', path: 'usageMetadata.promptTokenCount' },
  { key: 'completion', path: 'usageMetadata.candidatesTokenCount' },
  { key: 'thoughts', path: 'usageMetadata.thoughtsTokenCount' },
  { key: 'cache_read', path: 'usageMetadata.cachedContentTokenCount' },
  { key: 'prompt', path: 'delta.usage.tokens.input_tokens' },
  { key: 'completion', path: 'delta.usage.tokens.output_tokens' },
];

/** envoy.filters.http.json_to_metadata: holds a complete JSON answer until its end. */
function jsonFilter(): EnvoyObject {
  return extension(
    'outerloop.usage-json',
    'envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata',
    because(
      {
        response_rules: because(
          {
            rules: ANSWER_RULES.map(rule),
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
                rules: EVENT_RULES.map((each) => ({
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
function rule({ key, path }: UsageRule): EnvoyObject {
  return {
    selectors: path.split('.').map((step) => ({ key: step })),
    on_present: { metadata_namespace: METADATA_USAGE_NAMESPACE, key },
  };
}
