import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import type { StopReason, Usage } from '../../message';
import { wordTable } from '../../words';

const STOP_BY_WORD = wordTable<StopReason>({
  complete: 'end',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  tool_call: 'tool-calls',
});

const WORD_BY_STOP: Readonly<Record<StopReason, string>> = {
  end: 'COMPLETE',
  'stop-sequence': 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  'context-length': 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  refusal: 'COMPLETE',
  'content-filter': 'COMPLETE',
  pause: 'COMPLETE',
};

/** Undefined when no reason is given; words that we do not know (ERROR, TIMEOUT, …) count as an ordinary end. */
export function decodeStop(word: unknown): StopReason | undefined {
  return typeof word === 'string' && word !== '' ? (STOP_BY_WORD[word.toLowerCase()] ?? 'end') : undefined;
}

export function encodeStop(stop: StopReason): string {
  return WORD_BY_STOP[stop];
}

/** `tokens` is what the model read and wrote; `billed_units` leaves out what Cohere adds itself. */
export function decodeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const tokens = asObject(usage['tokens']);
  const billed = asObject(usage['billed_units']);
  const input = asNumber(tokens?.['input_tokens']) ?? asNumber(billed?.['input_tokens']);
  const cacheReadTokens = asNumber(usage['cached_tokens']);
  return defined({
    inputTokens: input === undefined ? undefined : Math.max(0, input - (cacheReadTokens ?? 0)),
    cacheReadTokens,
    outputTokens: asNumber(tokens?.['output_tokens']) ?? asNumber(billed?.['output_tokens']),
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, cacheReadTokens, cacheWriteTokens = 0, outputTokens = 0 } = usage;
  const tokens = { input_tokens: inputTokens + (cacheReadTokens ?? 0) + cacheWriteTokens, output_tokens: outputTokens };
  return { billed_units: tokens, tokens, ...defined({ cached_tokens: cacheReadTokens }) };
}
