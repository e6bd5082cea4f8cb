import { defined } from '../../defined';
import type { StreamDecoder } from '../../dialect';
import { statusOfErrorType } from '../../error-shape';
import { asFilled, asNumber, asObject, asString, type JsonObject } from '../../json/read';
import type { StreamPart } from '../../stream-part';
import { inputText } from './content';
import { decodeStop, decodeUsage } from './vocabulary';

const NO_PARTS: readonly StreamPart[] = [];

/** Messages stream events to neutral parts: https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export class AnthropicStreamDecoder implements StreamDecoder {
  decode(event: { readonly event?: string; readonly data: JsonObject }): readonly StreamPart[] {
    const { data } = event;
    const block = asNumber(data['index']) ?? 0;
    switch (asString(data['type']) ?? event.event) {
      case 'message_start':
        return startParts(asObject(data['message']) ?? {});
      case 'content_block_start':
        return blockStartParts(asObject(data['content_block']) ?? {}, block);
      case 'content_block_delta':
        return deltaParts(asObject(data['delta']) ?? {}, block);
      case 'content_block_stop':
        return [{ type: 'block-end', choice: 0, block }];
      case 'message_delta':
        return messageDeltaParts(data);
      case 'message_stop':
        return [{ type: 'done' }];
      case 'error':
        return [errorPart(asObject(data['error']) ?? {})];
      default:
        // ping, and events of later API versions
        return NO_PARTS;
    }
  }
}

function startParts(message: JsonObject): readonly StreamPart[] {
  const start = {
    type: 'start' as const,
    ...defined({ id: asFilled(message['id']), model: asFilled(message['model']) }),
  };
  return [start, ...usageParts(message['usage'])];
}

/** Some hosts put text or a whole tool input into the start event. */
function blockStartParts(content: JsonObject, block: number): readonly StreamPart[] {
  switch (content['type']) {
    case 'tool_use': {
      const id = asString(content['id']) ?? '';
      const call: StreamPart = { type: 'tool-call', choice: 0, call: block, id, name: asString(content['name']) ?? '' };
      const text = inputText(content['input']);
      return text === '{}' ? [call] : [call, { type: 'tool-arguments', choice: 0, call: block, text }];
    }
    case 'redacted_thinking':
      return [{ type: 'redacted-reasoning', choice: 0, data: asString(content['data']) ?? '' }];
    case 'thinking':
      return [
        ...reasoningParts(asString(content['thinking']), block),
        ...signatureParts(asString(content['signature']), block),
      ];
    case 'text':
      return textParts(asString(content['text']), block);
    default:
      return NO_PARTS;
  }
}

function deltaParts(delta: JsonObject, block: number): readonly StreamPart[] {
  switch (delta['type']) {
    case 'text_delta':
      return textParts(asString(delta['text']), block);
    case 'thinking_delta':
      return reasoningParts(asString(delta['thinking']), block);
    case 'signature_delta':
      return signatureParts(asString(delta['signature']), block);
    case 'input_json_delta': {
      const text = asString(delta['partial_json']) ?? '';
      return text === '' ? NO_PARTS : [{ type: 'tool-arguments', choice: 0, call: block, text }];
    }
    default:
      return NO_PARTS;
  }
}

/** Counts here are cumulative and may lack what message_start already said. */
function messageDeltaParts(data: JsonObject): readonly StreamPart[] {
  const delta = asObject(data['delta']);
  const stop = decodeStop(delta?.['stop_reason']);
  const usage = usageParts(data['usage']);
  if (stop === undefined) return usage;
  return [
    ...usage,
    { type: 'finish', choice: 0, stop, ...defined({ stopSequence: asFilled(delta?.['stop_sequence']) }) },
  ];
}

function errorPart(error: JsonObject): StreamPart {
  const type = asFilled(error['type']);
  const message = asFilled(error['message']) ?? 'The upstream reported an error without a message.';
  return { type: 'error', error: { status: statusOfErrorType(type), message, ...defined({ type }) } };
}

function usageParts(value: unknown): readonly StreamPart[] {
  const usage = decodeUsage(value);
  return usage === undefined ? NO_PARTS : [{ type: 'usage', usage }];
}

function textParts(text: string | undefined, block: number): readonly StreamPart[] {
  return text ? [{ type: 'text', choice: 0, block, text }] : NO_PARTS;
}

function reasoningParts(text: string | undefined, block: number): readonly StreamPart[] {
  return text ? [{ type: 'reasoning', choice: 0, block, text }] : NO_PARTS;
}

function signatureParts(signature: string | undefined, block: number): readonly StreamPart[] {
  return signature ? [{ type: 'reasoning-signature', choice: 0, block, signature }] : NO_PARTS;
}
