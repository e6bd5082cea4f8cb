import { answerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import { defined } from '../../defined';
import { asFilled, asObjects, asString, type JsonObject } from '../../json/read';
import { effectiveStop, type Answer, type Part } from '../../message';
import { decodeModelBlock } from './content';
import { argumentsObject } from './turns';
import { decodeStop, decodeUsage, encodeStop, encodeUsage } from './vocabulary';

/** A complete Messages answer. Undefined when the body is none. */
export function decodeAnswer(body: JsonObject): Answer | undefined {
  if (!Array.isArray(body['content']) && body['type'] !== 'message') return undefined;
  const stop = decodeStop(body['stop_reason']);
  const parts = asObjects(body['content']).flatMap((block) => decodeModelBlock(block));
  return {
    ...defined({
      id: asFilled(body['id']),
      model: asFilled(body['model']),
      usage: decodeUsage(body['usage']),
    }),
    choices: [{ index: 0, parts, ...defined({ stop, stopSequence: asString(body['stop_sequence']) }) }],
  };
}

/** The first choice of a neutral answer as a Messages answer; this API has no alternatives. */
export function encodeAnswer(answer: Answer, context: TranslateResponseContext): JsonObject {
  const identity = answerIdentity(answer, 'msg_', context);
  const choice = answer.choices.find(({ index }) => index === 0) ?? answer.choices[0];
  const parts = choice?.parts ?? [];
  const callsTools = parts.some((part) => part.type === 'tool-call');
  const refuses = parts.some((part) => part.type === 'refusal');
  const stop = refuses ? 'refusal' : effectiveStop(choice?.stop, callsTools);
  return {
    id: identity.id,
    type: 'message',
    role: 'assistant',
    model: identity.model,
    content: thinkingFirst(parts).flatMap(encodeBlock),
    stop_reason: encodeStop(stop),
    stop_sequence: choice?.stopSequence ?? null,
    usage: encodeUsage(answer.usage),
  };
}

/** Clients of this API expect thinking before what it led to. */
function thinkingFirst(parts: readonly Part[]): readonly Part[] {
  const isThinking = (part: Part): boolean => part.type === 'reasoning' || part.type === 'redacted-reasoning';
  return [...parts.filter(isThinking), ...parts.filter((part) => !isThinking(part))];
}

function encodeBlock(part: Part): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'reasoning':
      return [{ type: 'thinking', thinking: part.text, signature: part.signature ?? '' }];
    case 'redacted-reasoning':
      return [{ type: 'redacted_thinking', data: part.data }];
    case 'tool-call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: argumentsObject(part.argumentsText) ?? {} }];
    default:
      return [];
  }
}
