import { defined } from '../../defined';
import type { StreamDecoder } from '../../dialect';
import { asFilled, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { StreamPart } from '../../stream-part';
import { decodeCall } from './answer';
import { decodeStop, decodeUsage } from './vocabulary';

/** Key of the plan before tool calls, which has no index upstream. */
const PLAN = 0;

const NO_PARTS: readonly StreamPart[] = [];

/** Stream events of Cohere's chat to neutral parts: https://docs.cohere.com/docs/streaming */
export class CohereStreamDecoder implements StreamDecoder {
  decode(event: { readonly event?: string; readonly data: JsonObject }): readonly StreamPart[] {
    const { data } = event;
    const delta = asObject(data['delta']) ?? {};
    const message = asObject(delta['message']) ?? {};
    const index = asNumber(data['index']) ?? 0;
    switch (asString(data['type']) ?? event.event) {
      case 'message-start':
        return [{ type: 'start', ...defined({ id: asFilled(data['id']), model: asFilled(data['model']) }) }];
      case 'content-start':
      case 'content-delta':
        return contentParts(first(message['content']), contentKey(index));
      case 'content-end':
        return [{ type: 'block-end', choice: 0, block: contentKey(index) }];
      case 'tool-plan-delta':
        return textParts('text', asString(message['tool_plan']), PLAN);
      case 'tool-call-start':
        return callParts(first(message['tool_calls']), index);
      case 'tool-call-delta':
        return argumentParts(first(message['tool_calls']), callKey(index));
      case 'tool-call-end':
        return [{ type: 'block-end', choice: 0, block: callKey(index) }];
      case 'message-end':
        return endParts(delta);
      default:
        return NO_PARTS;
    }
  }
}

/** Contents and calls are counted apart upstream; keys must not meet. */
const contentKey = (index: number): number => 2 * index + 2;
const callKey = (index: number): number => 2 * index + 1;

/** One entry, which some events carry in a list. */
function first(value: unknown): JsonObject {
  return asObject(value) ?? asObjects(value)[0] ?? {};
}

function contentParts(content: JsonObject, block: number): readonly StreamPart[] {
  return [
    ...textParts('reasoning', asString(content['thinking']), block),
    ...textParts('text', asString(content['text']), block),
  ];
}

function textParts(type: 'text' | 'reasoning', text: string | undefined, block: number): readonly StreamPart[] {
  return text === undefined || text === '' ? NO_PARTS : [{ type, choice: 0, block, text }];
}

function callParts(value: JsonObject, index: number): readonly StreamPart[] {
  const { id, name } = decodeCall(value, index);
  const call = callKey(index);
  return [{ type: 'tool-call', choice: 0, call, id, name }, ...argumentParts(value, call)];
}

function argumentParts(value: JsonObject, call: number): readonly StreamPart[] {
  const text = asFilled(asObject(value['function'])?.['arguments']);
  return text === undefined ? NO_PARTS : [{ type: 'tool-arguments', choice: 0, call, text }];
}

/** The reason ERROR alone counts as an end; with words beside it, it is an error. */
function endParts(delta: JsonObject): readonly StreamPart[] {
  const message = asFilled(delta['error']);
  if (message !== undefined) return [{ type: 'error', error: { status: 500, message } }];
  const usage = decodeUsage(delta['usage']);
  return [
    ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'finish', choice: 0, stop: decodeStop(delta['finish_reason']) ?? 'end' },
    { type: 'done' },
  ];
}
