import type { JsonObject } from '../../json/read';
import { dataUrl } from '../../media';
import type { DocumentPart, ImagePart, Message, Part, ToolResultPart } from '../../message';
import { fitCallId } from '../../tool-names';
import type { Warnings } from '../../warnings';
import { refused } from './content';

/** Documented limit of this API for call ids. */
const LONGEST_CALL_ID = 40;
const CALL_ID = /^[\x21-\x7e]+$/;

/** Neutral messages as chat messages. `keepsCache`: the host understands cache_control. */
export function encodeMessages(
  messages: readonly Message[],
  keepsCache: boolean,
  warnings: Warnings,
): readonly JsonObject[] {
  if (!keepsCache && messages.some(hasCacheHint)) warnings.add('Cache hints were left out.');
  return messages.flatMap((message) => encodeMessage(message, keepsCache, warnings));
}

function hasCacheHint(message: Message): boolean {
  return message.parts.some((part) => 'cache' in part);
}

function encodeMessage(message: Message, keepsCache: boolean, warnings: Warnings): JsonObject[] {
  const named = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: encodeSystem(message.parts, keepsCache), ...named }];
    case 'tool':
      return encodeToolMessages(message, keepsCache, warnings);
    case 'assistant':
      return [{ ...encodeAssistant(message.parts, warnings), ...named }];
    case 'user':
      return [{ role: 'user', content: encodeUser(message.parts, keepsCache), ...named }];
  }
}

function encodeSystem(parts: readonly Part[], keepsCache: boolean): unknown {
  const texts = parts.filter((part) => part.type === 'text');
  if (keepsCache && texts.some((part) => part.cache !== undefined)) {
    return texts.map((part) => textPart(part, keepsCache));
  }
  return texts.map((part) => part.text).join('\n');
}

function encodeUser(parts: readonly Part[], keepsCache: boolean): unknown {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (parts.length === 0) return '';
  if (only?.type === 'text' && !(keepsCache && only.cache !== undefined)) return only.text;
  return parts.flatMap((part): JsonObject[] => {
    switch (part.type) {
      case 'text':
        return [textPart(part, keepsCache)];
      case 'image':
        return [imagePart(part)];
      case 'document':
        return [documentPart(part)];
      default:
        return [];
    }
  });
}

/** One message per result; pictures in a result have no place there and follow as a user message. */
function encodeToolMessages(message: Message, keepsCache: boolean, warnings: Warnings): JsonObject[] {
  const results = message.parts.filter((part) => part.type === 'tool-result');
  const media = results.flatMap((result) =>
    result.parts.filter((part) => part.type === 'image' || part.type === 'document'),
  );
  if (media.length > 0) warnings.add('Images and documents in tool results were moved into a user message.');
  if (results.some((result) => result.isError)) warnings.dropped('tool_result.is_error');
  return [
    ...results.map(toolMessage),
    ...(media.length > 0 ? [{ role: 'user', content: encodeUser(media, keepsCache) }] : []),
  ];
}

function toolMessage(result: ToolResultPart): JsonObject {
  const texts = result.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return {
    role: 'tool',
    tool_call_id: fitCallId(result.callId, CALL_ID, LONGEST_CALL_ID),
    content: texts.join('\n'),
  };
}

/** Earlier reasoning is not sent: hosts of this API neither need nor verify it. */
function encodeAssistant(parts: readonly Part[], warnings: Warnings): JsonObject {
  const text = parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : [])).join('');
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [toolCall(part)] : []));
  if (parts.some((part) => part.type === 'reasoning' || part.type === 'redacted-reasoning')) {
    warnings.add('Earlier reasoning was left out.');
  }
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function toolCall(part: Extract<Part, { type: 'tool-call' }>): JsonObject {
  const text = part.argumentsText.trim() === '' ? '{}' : part.argumentsText;
  return {
    id: fitCallId(part.id, CALL_ID, LONGEST_CALL_ID),
    type: 'function',
    function: { name: part.name, arguments: text },
  };
}

function textPart(part: Extract<Part, { type: 'text' }>, keepsCache: boolean): JsonObject {
  const cached = keepsCache && part.cache !== undefined ? { cache_control: part.cache } : {};
  return { type: 'text', text: part.text, ...cached };
}

function imagePart(part: ImagePart): JsonObject {
  const { source, detail } = part;
  if (source.kind !== 'base64' && source.kind !== 'url') {
    throw refused('Images stored with another vendor cannot be read by this model; send the image itself.');
  }
  const url = source.kind === 'url' ? source.url : dataUrl(source.mediaType, source.data);
  return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
}

function documentPart(part: DocumentPart): JsonObject {
  const { source } = part;
  switch (source.kind) {
    case 'text':
      return { type: 'text', text: part.name === undefined ? source.text : `${part.name}\n\n${source.text}` };
    case 'base64': {
      const filename = part.name ?? 'document.pdf';
      return { type: 'file', file: { filename, file_data: dataUrl(source.mediaType, source.data) } };
    }
    default:
      throw refused('Documents must be sent as base64 or text to this model.');
  }
}
