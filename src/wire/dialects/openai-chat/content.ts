import { invalid } from '../../facts';
import { GatewayError } from '../../errors';
import { asFilled, asList, asObject, asObjects, asString, isObject, type JsonObject } from '../../json/read';
import { bucketSource, imageSource, readDataUrl } from '../../media';
import type { DocumentPart, Part } from '../../message';
import type { Warnings } from '../../warnings';

/**
 * Content of a chat message (string or parts) to neutral parts. Unknown parts are left out with a warning; one whose
 * source cannot be read throws GatewayError `invalid_request` naming `place`.
 */
export function decodeContent(content: unknown, place: string, warnings: Warnings): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return asList(content).flatMap((part, index): Part[] => {
    if (typeof part === 'string') return [{ type: 'text', text: part }];
    return isObject(part) ? decodePart(part, `${place}[${index}]`, warnings) : [];
  });
}

function decodePart(part: JsonObject, place: string, warnings: Warnings): Part[] {
  const cache = asObject(part['cache_control']);
  const cached = cache === undefined ? {} : { cache };
  switch (part['type']) {
    case 'text':
    case 'input_text':
      return [{ type: 'text', text: asString(part['text']) ?? '', ...cached }];
    case 'refusal':
      return [{ type: 'refusal', text: asString(part['refusal']) ?? '' }];
    case 'image_url':
      return [{ ...decodeImage(part, `${place}.image_url`), ...cached }];
    case 'file':
      return [{ ...decodeFile(asObject(part['file']) ?? {}, `${place}.file`), ...cached }];
    case 'input_audio':
      return [decodeAudio(asObject(part['input_audio']) ?? {})];
    case 'thinking':
    case 'redacted_thinking':
      return decodeThinking(part);
    default:
      warnings.add(`Content of type "${asString(part['type']) ?? 'unknown'}" was left out.`);
      return [];
  }
}

function decodeImage(part: JsonObject, place: string): Part {
  const image = asObject(part['image_url']);
  const url = asString(image?.['url']) ?? asString(part['image_url']) ?? '';
  const source = imageSource(url, typeHint(image) ?? typeHint(part));
  if (source === undefined) throw invalid(place, 'must be a web address, a bucket address or a base64 data URL');
  const detail = asFilled(image?.['detail']);
  return { type: 'image', source, ...(detail === undefined ? {} : { detail }) };
}

/** Gateways in front of Gemini let callers say what an address leads to. */
function typeHint(holder: JsonObject | undefined): string | undefined {
  return [holder?.['mime_type'], holder?.['format']].map(asFilled).find((type) => type?.includes('/'));
}

function decodeAudio(audio: JsonObject): Part {
  const mediaType = `audio/${asFilled(audio['format']) ?? 'wav'}`;
  return { type: 'audio', source: { kind: 'base64', mediaType, data: asString(audio['data']) ?? '' } };
}

/** `file_data` is a data URL; some clients send bare base64, then the file name tells the type. */
function decodeFile(file: JsonObject, place: string): DocumentPart {
  const name = asFilled(file['filename']);
  const named = name === undefined ? {} : { name };
  const id = asFilled(file['file_id']);
  const data = asFilled(file['file_data']) ?? asFilled(file['file_url']);
  const bucket = bucketSource(data ?? id ?? '', typeHint(file));
  if (bucket !== undefined) return { type: 'document', source: bucket, ...named };
  if (data === undefined) {
    if (id === undefined) throw invalid(place, 'must hold file_data or file_id');
    return { type: 'document', source: { kind: 'file', id }, ...named };
  }
  const url = readDataUrl(data);
  if (url !== undefined) {
    const mediaType = url.mediaType === '' ? typeOfName(name) : url.mediaType;
    return { type: 'document', source: { kind: 'base64', mediaType, data: url.data }, ...named };
  }
  if (data.startsWith('data:')) throw invalid(`${place}.file_data`, 'must be base64');
  if (/^https?:\/\//i.test(data)) return { type: 'document', source: { kind: 'url', url: data }, ...named };
  return { type: 'document', source: { kind: 'base64', mediaType: typeOfName(name), data }, ...named };
}

function typeOfName(name = ''): string {
  return /\.(txt|md|csv)$/i.test(name) ? 'text/plain' : 'application/pdf';
}

/**
 * Reasoning of an assistant message, in the spellings that hosts and clients use beside the API: `thinking_blocks`
 * (blocks with signatures), `reasoning_details`, and the plain string `reasoning_content` or `reasoning`.
 */
export function decodeReasoning(message: JsonObject): Part[] {
  const blocks = asObjects(message['thinking_blocks']).flatMap(decodeThinking);
  if (blocks.length > 0) return blocks;
  const details = asObjects(message['reasoning_details']).flatMap(decodeReasoningDetail);
  if (details.length > 0) return details;
  const text = asFilled(message['reasoning_content']) ?? asFilled(message['reasoning']);
  return text === undefined ? [] : [{ type: 'reasoning', text }];
}

function decodeThinking(block: JsonObject): Part[] {
  if (block['type'] === 'redacted_thinking') {
    return [{ type: 'redacted-reasoning', data: asString(block['data']) ?? '' }];
  }
  const signature = asFilled(block['signature']);
  const text = thinkingText(block['thinking'] ?? block['text']);
  if (text === '' && signature === undefined) return [];
  return [{ type: 'reasoning', text, ...(signature === undefined ? {} : { signature }) }];
}

/** A string, or (Mistral) a list of text parts. */
export function thinkingText(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  return asObjects(thinking)
    .map((part) => asString(part['text']) ?? '')
    .join('');
}

function decodeReasoningDetail(detail: JsonObject): Part[] {
  const data = asFilled(detail['data']);
  if (detail['type'] === 'reasoning.encrypted') {
    return data === undefined ? [] : [{ type: 'redacted-reasoning', data }];
  }
  const text = asFilled(detail['text']) ?? asFilled(detail['summary']);
  const signature = asFilled(detail['signature']);
  if (text === undefined) return [];
  return [{ type: 'reasoning', text, ...(signature === undefined ? {} : { signature }) }];
}

export function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' });
}
