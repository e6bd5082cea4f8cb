import type { JsonObject } from '../../json/read';
import type { TokenLogprob, ToolCallPart } from '../../message';
import { encodeLogprobs } from '../openai-chat/logprobs';
import { argumentsToInput } from './custom-tool';
import type { Remembered } from './remembered';
import type { Status } from './vocabulary';

/** Longest id that the API takes back as input. */
const LONGEST_ID = 64;

const PREFIX_BY_KIND = { reasoning: 'rs', message: 'msg', function_call: 'fc', custom_tool_call: 'ctc' } as const;

/** Id of an output item: of its response and its place, so that the same answer has the same ids on every attempt. */
export function itemId(kind: keyof typeof PREFIX_BY_KIND, responseId: string, outputIndex: number): string {
  const prefix = `${PREFIX_BY_KIND[kind]}_`;
  const suffix = `_${outputIndex}`;
  const unique = responseId.replace(/^resp_/, '').replace(/[^a-zA-Z0-9_-]/g, '_');
  return prefix + unique.slice(-(LONGEST_ID - prefix.length - suffix.length)) + suffix;
}

export function textPart(text: string, logprobs: readonly TokenLogprob[]): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: tokenList(logprobs) };
}

/** Log probabilities have the same form as in chat completions, one level higher. */
export function tokenList(tokens: readonly TokenLogprob[]): unknown {
  return encodeLogprobs(tokens)['content'];
}

export function refusalPart(refusal: string): JsonObject {
  return { type: 'refusal', refusal };
}

export function messageItem(id: string, status: Status, content: readonly JsonObject[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content };
}

export function reasoningItem(id: string, text: string, encryptedContent: string | undefined): JsonObject {
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    ...(encryptedContent === undefined ? {} : { encrypted_content: encryptedContent }),
  };
}

/** A call of the kind that the caller's tool has. Empty arguments are an empty object, unless the call is only starting. */
export function callItem(
  id: string,
  status: Status,
  { id: callId, name, argumentsText }: Pick<ToolCallPart, 'id' | 'name' | 'argumentsText'>,
  remembered: Remembered,
): JsonObject {
  const named = { call_id: callId, name, ...remembered.namespaceOf(name) };
  const isStarting = status === 'in_progress';
  if (remembered.isCustom(name)) {
    return { id, type: 'custom_tool_call', status, ...named, input: isStarting ? '' : argumentsToInput(argumentsText) };
  }
  const text = argumentsText.trim() === '' ? '{}' : argumentsText;
  return { id, type: 'function_call', status, ...named, arguments: isStarting ? '' : text };
}
