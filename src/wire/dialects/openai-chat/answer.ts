import { answerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import { defined } from '../../defined';
import { asFilled, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import { effectiveStop, type Answer, type Choice, type Part } from '../../message';
import { Warnings } from '../../warnings';
import { decodeContent, decodeReasoning } from './content';
import { readArguments } from './history-decoder';
import { decodeLogprobs, encodeLogprobs } from './logprobs';
import { decodeStop, decodeUsage, encodeStop, encodeUsage } from './vocabulary';

/** A complete chat completion. Undefined when the body is none. */
export function decodeAnswer(body: JsonObject): Answer | undefined {
  if (!Array.isArray(body['choices'])) return undefined;
  return {
    ...defined({
      id: asFilled(body['id']),
      model: asFilled(body['model']),
      createdSeconds: asNumber(body['created']),
      usage: decodeUsage(body['usage']),
    }),
    choices: asObjects(body['choices']).map(decodeChoice),
  };
}

function decodeChoice(choice: JsonObject, position: number): Choice {
  // Some hosts answer with a delta, or with the old text completion's `text`.
  const message = asObject(choice['message']) ?? asObject(choice['delta']) ?? { content: choice['text'] };
  const refusal = asFilled(message['refusal']);
  // Spoken answers have no text but what was said.
  const content = message['content'] ?? asObject(message['audio'])?.['transcript'];
  return {
    index: asNumber(choice['index']) ?? position,
    parts: [
      ...decodeReasoning(message),
      ...decodeContent(content, 'content', new Warnings()),
      ...(refusal === undefined ? [] : [{ type: 'refusal' as const, text: refusal }]),
      ...decodeCalls(message),
    ],
    ...defined({ stop: decodeStop(choice['finish_reason']), logprobs: decodeLogprobs(choice['logprobs']) }),
  };
}

function decodeCalls(message: JsonObject): Part[] {
  const legacy = asObject(message['function_call']);
  const calls = asObjects(message['tool_calls']);
  const all = legacy === undefined ? calls : [...calls, { function: legacy }];
  return all.map((call, index) => {
    const definition = asObject(call['function']) ?? {};
    return {
      type: 'tool-call',
      id: asFilled(call['id']) ?? `call_${index}`,
      name: asString(definition['name']) ?? '',
      argumentsText: readArguments(definition['arguments']),
    };
  });
}

/** A neutral answer as a chat completion. */
export function encodeAnswer(answer: Answer, context: TranslateResponseContext): JsonObject {
  const identity = answerIdentity(answer, 'chatcmpl-', context);
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.createdSeconds,
    model: identity.model,
    choices: answer.choices.map(encodeChoice),
    ...(answer.usage === undefined ? {} : { usage: encodeUsage(answer.usage) }),
  };
}

function encodeChoice(choice: Choice): JsonObject {
  const calls = choice.parts.flatMap((part) => (part.type === 'tool-call' ? [encodeCall(part)] : []));
  const text = joined(choice.parts, 'text');
  const refusal = joined(choice.parts, 'refusal');
  return {
    index: choice.index,
    message: {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
      refusal: refusal === '' ? null : refusal,
      ...encodeReasoning(choice.parts),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
    logprobs: choice.logprobs === undefined ? null : encodeLogprobs(choice.logprobs),
    finish_reason: encodeStop(effectiveStop(choice.stop, calls.length > 0)),
  };
}

function joined(parts: readonly Part[], type: 'text' | 'refusal' | 'reasoning'): string {
  return parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
}

function encodeCall(part: Extract<Part, { type: 'tool-call' }>): JsonObject {
  const text = part.argumentsText.trim() === '' ? '{}' : part.argumentsText;
  return { id: part.id, type: 'function', function: { name: part.name, arguments: text }, ...callExtras(part) };
}

/** Where Gemini's OpenAI-compatible API puts the signature of a call; clients that echo calls whole send it back. */
export function callExtras({ signature }: { readonly signature?: string }): JsonObject {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}

/** The readable string that clients show, and the blocks with signatures that they must send back. */
function encodeReasoning(parts: readonly Part[]): JsonObject {
  const text = joined(parts, 'reasoning');
  const blocks = parts.flatMap((part): JsonObject[] => {
    if (part.type === 'redacted-reasoning') return [redactedBlock(part.data)];
    return part.type === 'reasoning' && part.signature !== undefined ? [thinkingBlock(part.text, part.signature)] : [];
  });
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(blocks.length > 0 ? { thinking_blocks: blocks } : {}),
  };
}

export function thinkingBlock(thinking: string, signature: string): JsonObject {
  return { type: 'thinking', thinking, signature };
}

export function redactedBlock(data: string): JsonObject {
  return { type: 'redacted_thinking', data };
}
