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
  refusal: 'refusal',
  pause_turn: 'pause',
});

const WORD_BY_STOP: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'context-length': 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  'content-filter': 'refusal',
  pause: 'pause_turn',
};

/** Undefined when the reason is not given yet (null in streams); words that we do not know count as an ordinary end. */
export function decodeStop(word: unknown): StopReason | undefined {
  return typeof word === 'string' ? (STOP_BY_WORD[word] ?? 'end') : undefined;
}

export function encodeStop(stop: StopReason): string {
  return WORD_BY_STOP[stop];
}

/** `input_tokens` excludes cache reads and writes, as the neutral count does. */
export function decodeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  return defined({
    inputTokens: asNumber(usage['input_tokens']),
    cacheReadTokens: asNumber(usage['cache_read_input_tokens']),
    cacheWriteTokens: asNumber(usage['cache_creation_input_tokens']),
    outputTokens: asNumber(usage['output_tokens']),
  });
}

/** Zeros stand for what is not known: clients of this API expect the counts to be there. */
export function encodeUsage(usage: Usage = {}): JsonObject {
  return {
    input_tokens: usage.inputTokens ?? 0,
    cache_creation_input_tokens: usage.cacheWriteTokens ?? 0,
    cache_read_input_tokens: usage.cacheReadTokens ?? 0,
    output_tokens: usage.outputTokens ?? 0,
  };
}
