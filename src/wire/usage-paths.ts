/**
 * Where APIs say how many tokens an answer took. Envoy's filters copy these numbers on their way (compiler), and
 * UsageReader reads them where Envoy cannot.
 */

/**
 * Counts as the vendor defines them. `thoughts` are counted beside the completion and `toolPrompt` beside the prompt
 * (Gemini).
 */
export type UsageKey = 'prompt' | 'completion' | 'cache_read' | 'cache_write' | 'thoughts' | 'tool_prompt';

export type UsageNumbers = Readonly<Partial<Record<UsageKey, number>>>;

export interface UsagePath {
  readonly key: UsageKey;
  /** Members from the root of the JSON, joined by dots. */
  readonly path: string;
  /** The event that has it comes once per stream. */
  readonly once?: true;
}

/**
 * Complete answers. Where several are there the last one counts: a vendor's own names stand behind those that it may
 * send for compatibility.
 */
export const ANSWER_USAGE: readonly UsagePath[] = [
  { key: 'prompt', path: 'meta.billed_units.input_tokens' },
  { key: 'prompt', path: 'meta.tokens.input_tokens' },
  { key: 'prompt', path: 'usage.tokens.input_tokens' },
  { key: 'prompt', path: 'inputTextTokenCount' },
  { key: 'prompt', path: 'usage.inputTokens' },
  { key: 'prompt', path: 'usage.input_tokens' },
  { key: 'prompt', path: 'usage.prompt_tokens' },
  { key: 'prompt', path: 'usageMetadata.promptTokenCount' },
  { key: 'tool_prompt', path: 'usageMetadata.toolUsePromptTokenCount' },
  { key: 'completion', path: 'meta.billed_units.output_tokens' },
  { key: 'completion', path: 'meta.tokens.output_tokens' },
  { key: 'completion', path: 'usage.tokens.output_tokens' },
  { key: 'completion', path: 'usage.outputTokens' },
  { key: 'completion', path: 'usage.output_tokens' },
  { key: 'completion', path: 'usage.completion_tokens' },
  { key: 'completion', path: 'usageMetadata.candidatesTokenCount' },
  { key: 'thoughts', path: 'usageMetadata.thoughtsTokenCount' },
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
 * Streams. Envoy holds every event against every path, so these are only what streams are known to carry; a count that
 * comes again replaces the earlier one. Anthropic's first event says the prompt, its last one the completion (the
 * `output_tokens` of the first one is provisional and not read).
 */
export const EVENT_USAGE: readonly UsagePath[] = [
  { key: 'prompt', path: 'message.usage.input_tokens', once: true },
  { key: 'cache_read', path: 'message.usage.cache_read_input_tokens', once: true },
  { key: 'cache_write', path: 'message.usage.cache_creation_input_tokens', once: true },
  { key: 'prompt', path: 'usage.input_tokens' },
  { key: 'completion', path: 'usage.output_tokens' },
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

/** Binary event streams, which Envoy does not read (Bedrock's ConverseStream). */
export const BINARY_EVENT_USAGE: readonly UsagePath[] = [
  { key: 'prompt', path: 'usage.inputTokens' },
  { key: 'completion', path: 'usage.outputTokens' },
  { key: 'cache_read', path: 'usage.cacheReadInputTokens' },
  { key: 'cache_write', path: 'usage.cacheWriteInputTokens' },
];
