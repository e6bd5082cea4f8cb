import { GatewayError } from '../../errors';
import { RawJson } from '../../json/raw';
import { isObject, type JsonObject } from '../../json/read';
import type { DocumentPart, ImagePart, MediaSource, Message, Part, ToolCallPart } from '../../message';
import { fitCallId } from '../../tool-names';
import type { Warnings } from '../../warnings';

export interface SystemBlock {
  readonly type: 'text';
  readonly text: string;
  readonly cache_control?: JsonObject;
}

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: JsonObject[];
}

const CALL_ID = /^[a-zA-Z0-9_-]+$/;
const LONGEST_CALL_ID = 64;

/**
 * Neutral messages as Messages turns. System text moves to the front, wherever it stood; tool results that follow each
 * other share one user turn with the user's text behind them, as the API demands; blank text and empty turns go.
 */
export function encodeTurns(
  messages: readonly Message[],
  warnings: Warnings,
): { readonly turns: readonly Turn[]; readonly system: SystemBlock[] } {
  const turns: Turn[] = [];
  const system: SystemBlock[] = [];
  let resultTurn: Turn | undefined;
  for (const message of messages) {
    if (message.role === 'system') {
      if (turns.length > 0) warnings.add('System messages inside the conversation were moved to its front.');
      system.push(...systemBlocks(message));
      continue;
    }
    const content = message.parts.flatMap((part) => encodePart(part, warnings));
    if (content.length === 0) continue;
    if (resultTurn !== undefined && message.role !== 'assistant') {
      resultTurn.content.push(...content);
    } else {
      const turn: Turn = { role: message.role === 'assistant' ? 'assistant' : 'user', content };
      turns.push(turn);
      resultTurn = turn;
    }
    if (message.role !== 'tool') resultTurn = undefined;
  }
  trimLastTurn(turns);
  return { turns, system };
}

function systemBlocks(message: Message): SystemBlock[] {
  return message.parts.flatMap((part) =>
    part.type === 'text' && part.text.trim() !== '' ? [{ type: 'text', text: part.text, ...cacheControl(part) }] : [],
  );
}

/** The API refuses a prefilled answer that ends with whitespace. */
function trimLastTurn(turns: readonly Turn[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || typeof block?.['text'] !== 'string') return;
  last.content[last.content.length - 1] = { ...block, text: block['text'].trimEnd() };
}

function encodePart(part: Part, warnings: Warnings): JsonObject[] {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...cacheControl(part) }];
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
    case 'image':
      return [{ type: 'image', source: imageSource(part), ...cacheControl(part) }];
    case 'document':
      return [encodeDocument(part)];
    case 'audio':
      throw refused('Audio cannot be sent to this model.');
    case 'reasoning':
      // Unsigned reasoning is another vendor's; the API accepts its own only.
      if (part.signature !== undefined) {
        return [{ type: 'thinking', thinking: part.text, signature: part.signature }];
      }
      warnings.add('Earlier reasoning without a signature was left out.');
      return [];
    case 'redacted-reasoning':
      return [{ type: 'redacted_thinking', data: part.data }];
    case 'tool-call':
      return [encodeToolCall(part, warnings)];
    case 'tool-result': {
      const content = part.parts.flatMap((inner) => encodePart(inner, warnings));
      return [
        {
          type: 'tool_result',
          tool_use_id: fitCallId(part.callId, CALL_ID, LONGEST_CALL_ID),
          ...(content.length > 0 ? { content } : {}),
          ...(part.isError ? { is_error: true } : {}),
          ...cacheControl(part),
        },
      ];
    }
  }
}

function encodeToolCall(part: ToolCallPart, warnings: Warnings): JsonObject {
  const input = argumentsObject(part.argumentsText);
  if (input === undefined) warnings.add('Tool arguments that were no JSON object became an empty object.');
  return {
    type: 'tool_use',
    id: fitCallId(part.id, CALL_ID, LONGEST_CALL_ID),
    name: part.name,
    input: input ?? {},
    ...cacheControl(part),
  };
}

/** Argument text as the JSON object it is, unchanged; `{}` for none; undefined when it is something else or cut off. */
export function argumentsObject(text: string): RawJson | undefined {
  if (text.trim() === '') return new RawJson('{}');
  try {
    return isObject(JSON.parse(text)) ? new RawJson(text.trim()) : undefined;
  } catch {
    return undefined;
  }
}

function imageSource(part: ImagePart): JsonObject {
  const { source } = part;
  if (source.kind === 'base64') return { type: 'base64', media_type: source.mediaType, data: source.data };
  if (source.kind === 'url') return { type: 'url', url: source.url };
  throw refused('Images must be sent as data URL or web address.');
}

function encodeDocument(part: DocumentPart): JsonObject {
  return {
    type: 'document',
    source: documentSource(part.source),
    ...(part.name === undefined ? {} : { title: part.name }),
    ...cacheControl(part),
  };
}

function documentSource(source: MediaSource): JsonObject {
  switch (source.kind) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
    case 'bucket':
    case 'file':
      throw refused('Files of another vendor cannot be read by this model; send the document itself.');
    case 'base64':
      if (source.mediaType === 'application/pdf') {
        return { type: 'base64', media_type: source.mediaType, data: source.data };
      }
      if (source.mediaType.startsWith('text/')) {
        return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') };
      }
      throw refused('Documents must be PDF or text for this model.');
  }
}

function cacheControl(part: { readonly cache?: JsonObject }): { cache_control?: JsonObject } {
  return part.cache === undefined ? {} : { cache_control: part.cache };
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' });
}
