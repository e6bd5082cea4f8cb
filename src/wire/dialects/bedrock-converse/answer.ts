import { defined } from '../../defined';
import { asFilled, asObject, type JsonObject } from '../../json/read';
import { effectiveStop, type Answer, type Part } from '../../message';
import { argumentsObject } from '../anthropic-messages/turns';
import { decodeContent } from './content-decoder';
import { decodeStop, decodeUsage, encodeStop, encodeUsage } from './vocabulary';

/** A complete Converse answer; it has neither id nor model. Undefined when the body is none. */
export function decodeAnswer(body: JsonObject): Answer | undefined {
  const message = asObject(asObject(body['output'])?.['message']);
  if (message === undefined && body['stopReason'] === undefined) return undefined;
  const stop = decodeStop(body['stopReason']);
  const stopSequence = stop === 'stop-sequence' ? decodeStopSequence(body) : undefined;
  return {
    ...defined({ usage: decodeUsage(body['usage']) }),
    choices: [{ index: 0, parts: decodeContent(message?.['content']), ...defined({ stop, stopSequence }) }],
  };
}

/** Which sequence it was is told only to callers that asked for Claude's own field. */
export function decodeStopSequence(body: JsonObject): string | undefined {
  return asFilled(asObject(body['additionalModelResponseFields'])?.['stop_sequence']);
}

/** The first choice of a neutral answer as a Converse answer. */
export function encodeAnswer(answer: Answer): JsonObject {
  const choice = answer.choices.find(({ index }) => index === 0) ?? answer.choices[0];
  const parts = choice?.parts ?? [];
  const callsTools = parts.some((part) => part.type === 'tool-call');
  const refuses = parts.some((part) => part.type === 'refusal');
  return {
    output: { message: { role: 'assistant', content: parts.flatMap(encodeBlock) } },
    stopReason: encodeStop(refuses ? 'refusal' : effectiveStop(choice?.stop, callsTools)),
    usage: encodeUsage(answer.usage ?? {}),
  };
}

function encodeBlock(part: Part): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning': {
      const { text, signature } = part;
      return [{ reasoningContent: { reasoningText: { text, ...defined({ signature }) } } }];
    }
    case 'redacted-reasoning':
      return [{ reasoningContent: { redactedContent: part.data } }];
    case 'tool-call': {
      const input = argumentsObject(part.argumentsText) ?? {};
      return [{ toolUse: { toolUseId: part.id, name: part.name, input } }];
    }
    default:
      return [];
  }
}
