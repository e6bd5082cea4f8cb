import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import type { StopReason, Usage } from '../../message';
import { member } from './member';
import { wordTable } from '../../words';

/** https://ai.google.dev/api/generate-content#FinishReason; what is not here (MALFORMED_FUNCTION_CALL, OTHER, …) is an ordinary end. */
const STOP_BY_WORD = wordTable<StopReason>({
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
});

const WORD_BY_STOP: Readonly<Record<StopReason, string>> = {
  end: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  'context-length': 'MAX_TOKENS',
  'tool-calls': 'STOP',
  refusal: 'SAFETY',
  'content-filter': 'SAFETY',
  pause: 'STOP',
};

/** Undefined while the reason is not given. */
export function decodeStop(word: unknown): StopReason | undefined {
  return typeof word === 'string' && word !== '' ? (STOP_BY_WORD[word] ?? 'end') : undefined;
}

export function encodeStop(stop: StopReason): string {
  return WORD_BY_STOP[stop];
}

/** The prompt count includes what a cache gave; thoughts are counted beside the candidates. */
export function decodeUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const count = (name: string): number | undefined => asNumber(member(usage, name));
  const prompt = count('promptTokenCount');
  const toolUse = count('toolUsePromptTokenCount') ?? 0;
  const cacheReadTokens = count('cachedContentTokenCount');
  const reasoningTokens = count('thoughtsTokenCount');
  const candidates = count('candidatesTokenCount');
  const totalTokens = count('totalTokenCount');
  const input = prompt === undefined ? undefined : prompt + toolUse;
  const rest = totalTokens === undefined ? undefined : Math.max(0, totalTokens - (input ?? 0));
  const written =
    candidates === undefined && reasoningTokens === undefined ? rest : (candidates ?? 0) + (reasoningTokens ?? 0);
  return defined({
    inputTokens: input === undefined ? undefined : Math.max(0, input - (cacheReadTokens ?? 0)),
    cacheReadTokens,
    outputTokens: written,
    reasoningTokens,
    totalTokens,
  });
}

export function encodeUsage(usage: Usage): JsonObject {
  const { cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0, reasoningTokens = 0 } = usage;
  const prompt = (usage.inputTokens ?? 0) + cacheReadTokens + cacheWriteTokens;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: Math.max(0, outputTokens - reasoningTokens),
    totalTokenCount: usage.totalTokens ?? prompt + outputTokens,
    ...(cacheReadTokens > 0 ? { cachedContentTokenCount: cacheReadTokens } : {}),
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
  };
}
