import { GatewayError } from '../../errors';
import type { JsonObject } from '../../json/read';
import { dataUrl } from '../../media';
import type { DocumentPart, ImagePart, Message, Part, ToolResultPart } from '../../message';
import type { Warnings } from '../../warnings';

/** Neutral messages in Cohere's form. Throws GatewayError `invalid_request` for media that the API has no place for. */
export function encodeMessages(messages: readonly Message[], warnings: Warnings): readonly JsonObject[] {
  if (messages.some(({ parts }) => parts.some((part) => 'cache' in part))) warnings.add('Cache hints were left out.');
  if (messages.some(({ name }) => name !== undefined)) warnings.dropped('messages[].name');
  return messages.flatMap((message) => encodeMessage(message, warnings));
}

function encodeMessage(message: Message, warnings: Warnings): JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: joinedText(message.parts, '\n') }];
    case 'user':
      return [{ role: 'user', content: encodeUser(message.parts) }];
    case 'assistant':
      return encodeAssistant(message.parts, warnings);
    case 'tool':
      return encodeResults(message.parts, warnings);
  }
}

function encodeUser(parts: readonly Part[]): unknown {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (parts.length === 0) return '';
  if (only?.type === 'text') return only.text;
  return parts.flatMap((part): JsonObject[] => {
    switch (part.type) {
      case 'text':
        return [{ type: 'text', text: part.text }];
      case 'image':
        return [encodeImage(part)];
      case 'document':
        return [{ type: 'text', text: documentText(part) }];
      case 'audio':
        throw refused('This model cannot listen to audio.');
      default:
        return [];
    }
  });
}

/** What a model says before it calls tools is its plan here. */
function encodeAssistant(parts: readonly Part[], warnings: Warnings): JsonObject[] {
  if (parts.some((part) => part.type === 'reasoning' || part.type === 'redacted-reasoning')) {
    warnings.add('Earlier reasoning was left out.');
  }
  const text = joinedText(parts, '');
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [encodeCall(part)] : []));
  if (calls.length > 0) return [{ role: 'assistant', ...(text === '' ? {} : { tool_plan: text }), tool_calls: calls }];
  // The API refuses turns in which nothing is said.
  return text === '' ? [] : [{ role: 'assistant', content: text }];
}

export function encodeCall(part: Extract<Part, { type: 'tool-call' }>): JsonObject {
  const text = part.argumentsText.trim() === '' ? '{}' : part.argumentsText;
  return { id: part.id, type: 'function', function: { name: part.name, arguments: text } };
}

/** One message per result; pictures have no place there and follow as a user message. */
function encodeResults(parts: readonly Part[], warnings: Warnings): JsonObject[] {
  const results = parts.filter((part) => part.type === 'tool-result');
  const media = results.flatMap((result) => result.parts.filter(({ type }) => type === 'image' || type === 'document'));
  if (media.length > 0) warnings.add('Images and documents in tool results were moved into a user message.');
  if (results.some(({ isError }) => isError)) warnings.dropped('tool_result.is_error');
  return [...results.map(encodeResult), ...(media.length > 0 ? [{ role: 'user', content: encodeUser(media) }] : [])];
}

function encodeResult(result: ToolResultPart): JsonObject {
  return { role: 'tool', tool_call_id: result.callId, content: joinedText(result.parts, '\n') };
}

function encodeImage({ source, detail }: ImagePart): JsonObject {
  if (source.kind !== 'base64' && source.kind !== 'url') {
    throw refused('Images stored with another vendor cannot be read by this model; send the image itself.');
  }
  const url = source.kind === 'url' ? source.url : dataUrl(source.mediaType, source.data);
  return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
}

function documentText({ source, name }: DocumentPart): string {
  const isText = source.kind === 'base64' && source.mediaType.startsWith('text/');
  if (source.kind !== 'text' && !isText) throw refused('Documents must be sent as text to this model.');
  const text = source.kind === 'text' ? source.text : Buffer.from(source.data, 'base64').toString('utf8');
  return name === undefined ? text : `${name}\n\n${text}`;
}

function joinedText(parts: readonly Part[], separator: string): string {
  return parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : [])).join(separator);
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' });
}
