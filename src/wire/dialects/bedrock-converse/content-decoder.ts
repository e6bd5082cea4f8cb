import { asFilled, asList, asObject, asObjects, asString, isObject, type JsonObject } from '../../json/read';
import type { MediaSource, Part, ToolResultPart } from '../../message';
import type { Warnings } from '../../warnings';
import { inputText } from '../anthropic-messages/content';
import { cacheHint } from './cache-points';
import { documentType, imageType } from './media-formats';

/** Content blocks of a message or an answer to neutral parts. Unknown blocks are left out, with a warning where there is a list. */
export function decodeContent(content: unknown, warnings?: Warnings): Part[] {
  const parts: Part[] = [];
  for (const block of asList(content)) {
    if (!isObject(block)) continue;
    const point = asObject(block['cachePoint']);
    const last = parts.at(-1);
    if (point === undefined) parts.push(...decodeBlock(block, warnings));
    // A cache point means the block before it.
    else if (last !== undefined) parts[parts.length - 1] = { ...last, cache: cacheHint(point) } as Part;
  }
  return parts;
}

/** A block is an object with one member that names its kind. */
function decodeBlock(block: JsonObject, warnings: Warnings | undefined): Part[] {
  const [kind = 'nothing', value] = Object.entries(block).find(([, member]) => member !== null) ?? [];
  const body = asObject(value) ?? {};
  switch (kind) {
    case 'text':
      return [{ type: 'text', text: asString(value) ?? '' }];
    case 'toolUse':
      return decodeToolUse(body);
    case 'toolResult':
      return [decodeToolResult(body, warnings)];
    case 'reasoningContent':
      return decodeReasoning(body);
    case 'citationsContent':
    case 'searchResult':
      return decodeContent(body['content'], warnings);
    case 'guardContent':
      return decodeGuarded(asObject(body['text']));
    case 'json':
      return [{ type: 'text', text: inputText(value) }];
    case 'image':
    case 'document':
    case 'audio':
      return decodeMedia(kind, body);
    default:
      warnings?.add(`Content of type "${kind}" was left out.`);
      return [];
  }
}

/** Tools that the host runs itself are named by a `type`; the caller has nothing to answer to them. */
function decodeToolUse(call: JsonObject): Part[] {
  if (call['type'] === 'server_tool_use') return [];
  const id = asString(call['toolUseId']) ?? '';
  return [{ type: 'tool-call', id, name: asString(call['name']) ?? '', argumentsText: inputText(call['input']) }];
}

function decodeToolResult(result: JsonObject, warnings: Warnings | undefined): ToolResultPart {
  return {
    type: 'tool-result',
    callId: asString(result['toolUseId']) ?? '',
    parts: decodeContent(result['content'], warnings),
    isError: result['status'] === 'error',
  };
}

export function decodeReasoning(reasoning: JsonObject): Part[] {
  const redacted = asFilled(reasoning['redactedContent']);
  if (redacted !== undefined) return [{ type: 'redacted-reasoning', data: redacted }];
  const plain = asObject(reasoning['reasoningText']);
  const text = asString(plain?.['text']) ?? '';
  const signature = asFilled(plain?.['signature']);
  if (text === '' && signature === undefined) return [];
  return [{ type: 'reasoning', text, ...(signature === undefined ? {} : { signature }) }];
}

function decodeGuarded(text: JsonObject | undefined): Part[] {
  const words = asString(text?.['text']);
  return words === undefined ? [] : [{ type: 'text', text: words }];
}

function decodeMedia(kind: 'image' | 'document' | 'audio', body: JsonObject): Part[] {
  const format = asFilled(body['format']) ?? '';
  const source = asObject(body['source']) ?? {};
  if (kind !== 'document') {
    return [{ type: kind, source: decodeSource(source, kind === 'image' ? imageType(format) : `audio/${format}`) }];
  }
  const name = asFilled(body['name']);
  const inner = asObjects(source['content']).map((chunk) => asString(chunk['text']) ?? '');
  const text = asString(source['text']) ?? (inner.length > 0 ? inner.join('\n') : undefined);
  return [
    {
      type: 'document',
      source: text === undefined ? decodeSource(source, documentType(format)) : { kind: 'text', text },
      ...(name === undefined ? {} : { name }),
    },
  ];
}

function decodeSource(source: JsonObject, mediaType: string): MediaSource {
  const uri = asFilled(asObject(source['s3Location'])?.['uri']);
  return uri === undefined
    ? { kind: 'base64', mediaType, data: asString(source['bytes']) ?? '' }
    : { kind: 'bucket', uri, mediaType };
}
