import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import type { StopReason, Usage } from '../../message';
import { wordTable } from '../../words';

const STOP_BY_WORD = wordTable<StopReason>({
  stop: 'end',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  // Mistral
  model_length: 'length',
});

const WORD_BY_STOP: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-length': 'length',
  'tool-calls': 'tool_calls',
  refusal: 'content_filter',
  'content-filter': 'content_filter',
  pause: 'stop',
};

/** Undefined when the reason is not given yet (null in streams); words that we do not know count as an ordinary end. */
export function decodeStop(word: unknown): StopReason | undefined {
  return typeof word === 'string' && word !== '' ? (STOP_BY_WORD[word] ?? 'end') : undefined;
}

export function encodeStop(stop: StopReason): string {
  return WORD_BY_STOP[stop];
}

/** `prompt_tokens` includes what a cache gave or took; the neutral count does not. */
export function decodeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const details = asObject(usage['prompt_tokens_details']);
  const prompt = asNumber(usage['prompt_tokens']);
  const total = asNumber(usage['total_tokens']);
  const cacheReadTokens = asNumber(details?.['cached_tokens']) ?? asNumber(usage['prompt_cache_hit_tokens']);
  const cacheWriteTokens = asNumber(details?.['cache_write_tokens']) ?? asNumber(details?.['cache_creation_tokens']);
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const rest = total === undefined ? undefined : Math.max(0, total - (prompt ?? 0));
  return defined({
    inputTokens: prompt === undefined ? undefined : Math.max(0, prompt - cached),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: asNumber(usage['completion_tokens']) ?? rest,
    reasoningTokens: asNumber(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const { cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0, reasoningTokens } = usage;
  const prompt = (usage.inputTokens ?? 0) + cacheReadTokens + cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: usage.totalTokens ?? prompt + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens,
      ...(cacheWriteTokens > 0 ? { cache_write_tokens: cacheWriteTokens } : {}),
    },
    ...(reasoningTokens === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
