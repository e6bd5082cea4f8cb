import { defined } from '../../defined';
import type { TranslateResponseContext } from '../../api';
import { asFilled, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import { effectiveStop, type Answer, type Part } from '../../message';
import { Warnings } from '../../warnings';
import { decodeContent } from '../openai-chat/content';
import { readArguments } from '../openai-chat/history-decoder';
import { encodeCall } from './history-encoder';
import { decodeStop, decodeUsage, encodeStop, encodeUsage } from './vocabulary';

/** A complete answer. Undefined when the body is none. Citations have no neutral form and are left out. */
export function decodeAnswer(body: JsonObject): Answer | undefined {
  const message = asObject(body['message']);
  if (message === undefined) return undefined;
  const plan = asFilled(message['tool_plan']);
  return {
    ...defined({ id: asFilled(body['id']), model: asFilled(body['model']), usage: decodeUsage(body['usage']) }),
    choices: [
      {
        index: 0,
        parts: [
          ...decodeContent(message['content'], 'content', new Warnings()),
          ...(plan === undefined ? [] : [{ type: 'text' as const, text: plan }]),
          ...asObjects(message['tool_calls']).map(decodeCall),
        ],
        ...defined({ stop: decodeStop(body['finish_reason']) }),
      },
    ],
  };
}

export function decodeCall(call: JsonObject, index: number): Extract<Part, { type: 'tool-call' }> {
  const definition = asObject(call['function']) ?? {};
  return {
    type: 'tool-call',
    id: asFilled(call['id']) ?? `call_${index}`,
    name: asString(definition['name']) ?? '',
    argumentsText: readArguments(definition['arguments']),
  };
}

/** The first choice of a neutral answer; this API has no alternatives. */
export function encodeAnswer(answer: Answer, context: TranslateResponseContext): JsonObject {
  const choice = answer.choices.find(({ index }) => index === 0) ?? answer.choices[0];
  const parts = choice?.parts ?? [];
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [encodeCall(part)] : []));
  const content = parts.flatMap(encodeContent);
  const plan = content.filter(({ type }) => type === 'text').map(({ text }) => asString(text) ?? '');
  return {
    id: answer.id ?? context.answerId ?? 'unnamed',
    finish_reason: encodeStop(effectiveStop(choice?.stop, calls.length > 0)),
    message: {
      role: 'assistant',
      ...(calls.length === 0
        ? { content }
        : {
            content: content.filter(({ type }) => type !== 'text'),
            ...(plan.length > 0 ? { tool_plan: plan.join('') } : {}),
            tool_calls: calls,
          }),
    },
    ...(answer.usage === undefined ? {} : { usage: encodeUsage(answer.usage) }),
  };
}

function encodeContent(part: Part): { type: string; text?: string; thinking?: string }[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      return [{ type: 'thinking', thinking: part.text }];
    default:
      return [];
  }
}
