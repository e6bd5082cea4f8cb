import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asFilled, asList, asObject, asString, isObject, type JsonObject } from '../../json/read';
import { normalMediaType } from '../../media';
import type { MediaSource, Part, ToolResultPart } from '../../message';
import type { Warnings } from '../../warnings';

/**
 * Content of a Messages turn (string or blocks) to neutral parts. Unknown blocks are left out with a warning; a block
 * whose source cannot be read throws GatewayError `invalid_request` naming `place`.
 */
export function decodeContent(content: unknown, place: string, warnings: Warnings): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return asList(content).flatMap((block, index) =>
    isObject(block) ? decodeBlock(block, `${place}[${index}]`, warnings) : [],
  );
}

function decodeBlock(block: JsonObject, place: string, warnings: Warnings): Part[] {
  const cache = asObject(block['cache_control']);
  const cached = cache === undefined ? {} : { cache };
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: asString(block['text']) ?? '', ...cached }];
    case 'image':
      return [{ type: 'image', source: decodeSource(block['source'], place), ...cached }];
    case 'document':
      return decodeDocument(block, place, warnings);
    case 'search_result':
      return decodeContent(block['content'], `${place}.content`, warnings);
    case 'tool_result':
      return [{ ...decodeToolResult(block, place, warnings), ...cached }];
    default:
      return decodeModelBlock(block, warnings);
  }
}

/** Blocks that a model writes; they come in answers and, replayed, in requests. */
export function decodeModelBlock(block: JsonObject, warnings?: Warnings): Part[] {
  const cache = asObject(block['cache_control']);
  const cached = cache === undefined ? {} : { cache };
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: asString(block['text']) ?? '' }];
    case 'thinking': {
      const signature = asFilled(block['signature']);
      const text = asString(block['thinking']) ?? '';
      return [{ type: 'reasoning', text, ...(signature === undefined ? {} : { signature }) }];
    }
    case 'redacted_thinking':
      return [{ type: 'redacted-reasoning', data: asString(block['data']) ?? '' }];
    case 'tool_use': {
      const id = asString(block['id']) ?? '';
      const name = asString(block['name']) ?? '';
      return [{ type: 'tool-call', id, name, argumentsText: inputText(block['input']), ...cached }];
    }
    default:
      warnings?.add(`Content of type "${asString(block['type']) ?? 'unknown'}" was left out.`);
      return [];
  }
}

/** `input` as the JSON text that it was. */
export function inputText(input: unknown): string {
  if (input instanceof RawJson) return input.text;
  return input === undefined || input === null ? '{}' : JSON.stringify(input);
}

function decodeToolResult(block: JsonObject, place: string, warnings: Warnings): ToolResultPart {
  const callId = asFilled(block['tool_use_id']);
  if (callId === undefined) throw invalid(`${place}.tool_use_id`, 'must name the tool call it answers');
  return {
    type: 'tool-result',
    callId,
    parts: decodeContent(block['content'], `${place}.content`, warnings),
    isError: block['is_error'] === true,
  };
}

function decodeDocument(block: JsonObject, place: string, warnings: Warnings): Part[] {
  const source = asObject(block['source']);
  if (source?.['type'] === 'content') return decodeContent(source['content'], `${place}.source.content`, warnings);
  const name = asFilled(block['title']);
  const cache = asObject(block['cache_control']);
  if (asObject(block['citations'])?.['enabled'] === true) warnings.dropped('citations');
  return [
    {
      type: 'document',
      source: decodeSource(source, place),
      ...(name === undefined ? {} : { name }),
      ...(cache === undefined ? {} : { cache }),
    },
  ];
}

function decodeSource(value: unknown, place: string): MediaSource {
  const source = asObject(value);
  const data = asString(source?.['data']);
  const url = asFilled(source?.['url']);
  const id = asFilled(source?.['file_id']);
  switch (source?.['type']) {
    case 'base64': {
      const mediaType = asFilled(source['media_type']);
      if (data === undefined || mediaType === undefined) break;
      return { kind: 'base64', mediaType: normalMediaType(mediaType), data };
    }
    case 'text':
      if (data !== undefined) return { kind: 'text', text: data };
      break;
    case 'url':
      if (url !== undefined) return { kind: 'url', url };
      break;
    case 'file':
      if (id !== undefined) return { kind: 'file', id };
      break;
    default:
  }
  throw invalid(`${place}.source`, 'must be a complete base64, text, url or file source');
}
