import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import type { StopReason, Usage } from '../../message';
import { wordTable } from '../../words';

const STOP_BY_WORD = wordTable<StopReason>({
  end_turn: 'end',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  model_context_window_exceeded: 'context-length',
  tool_use: 'tool-calls',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
});

const WORD_BY_STOP: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'context-length': 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  refusal: 'content_filtered',
  'content-filter': 'content_filtered',
  pause: 'end_turn',
};

/** Undefined when no reason is given; words that we do not know (malformed_tool_use, …) count as an ordinary end. */
export function decodeStop(word: unknown): StopReason | undefined {
  return typeof word === 'string' && word !== '' ? (STOP_BY_WORD[word] ?? 'end') : undefined;
}

export function encodeStop(stop: StopReason): string {
  return WORD_BY_STOP[stop];
}

/** `inputTokens` excludes cache reads and writes, as the neutral count does; the cache counts had longer names once. */
export function decodeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  return defined({
    inputTokens: asNumber(usage['inputTokens']),
    cacheReadTokens: asNumber(usage['cacheReadInputTokens']) ?? asNumber(usage['cacheReadInputTokenCount']),
    cacheWriteTokens: asNumber(usage['cacheWriteInputTokens']) ?? asNumber(usage['cacheWriteInputTokenCount']),
    outputTokens: asNumber(usage['outputTokens']),
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, cacheReadTokens, cacheWriteTokens, outputTokens = 0 } = usage;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) + outputTokens,
    ...defined({ cacheReadInputTokens: cacheReadTokens, cacheWriteInputTokens: cacheWriteTokens }),
  };
}
