import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import type { StopReason, Usage } from '../../message';

/** Whether an answer, or one item of it, is whole. */
export type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed';

const REASON_BY_STOP: Readonly<Partial<Record<StopReason, string>>> = {
  length: 'max_output_tokens',
  'context-length': 'max_output_tokens',
  'content-filter': 'content_filter',
};

/** Why an answer is incomplete; undefined when it is whole. A refusal without words of its own counts as filtered. */
export function incompleteReason(stop: StopReason | undefined, saysRefusal: boolean): string | undefined {
  if (stop === 'refusal') return saysRefusal ? undefined : 'content_filter';
  return stop === undefined ? undefined : REASON_BY_STOP[stop];
}

/**
 * Why a response object ended. Statuses and reasons that we do not know count as an ordinary end, and so does a refusal:
 * its words say what it is.
 */
export function decodeStop(response: JsonObject, callsTools: boolean): StopReason {
  if (response['status'] === 'incomplete') {
    const reason = asObject(response['incomplete_details'])?.['reason'];
    if (reason === 'max_output_tokens' || reason === 'max_tokens') return 'length';
    if (reason === 'content_filter') return 'content-filter';
  }
  return callsTools ? 'tool-calls' : 'end';
}

/** `input_tokens` includes what a cache gave or took; the neutral count does not. */
export function decodeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const details = asObject(usage['input_tokens_details']);
  const input = asNumber(usage['input_tokens']);
  const total = asNumber(usage['total_tokens']);
  const cacheReadTokens = asNumber(details?.['cached_tokens']);
  const cacheWriteTokens = asNumber(details?.['cache_write_tokens']);
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const rest = total === undefined ? undefined : Math.max(0, total - (input ?? 0));
  return defined({
    inputTokens: input === undefined ? undefined : Math.max(0, input - cached),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: asNumber(usage['output_tokens']) ?? rest,
    reasoningTokens: asNumber(asObject(usage['output_tokens_details'])?.['reasoning_tokens']),
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const { cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0, reasoningTokens = 0 } = usage;
  const input = (usage.inputTokens ?? 0) + cacheReadTokens + cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cacheReadTokens,
      ...(cacheWriteTokens > 0 ? { cache_write_tokens: cacheWriteTokens } : {}),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: usage.totalTokens ?? input + outputTokens,
  };
}
