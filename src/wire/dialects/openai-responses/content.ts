import { defined } from '../../defined';
import { GatewayError } from '../../errors';
import { invalid } from '../../facts';
import { asFilled, asList, asObject, asString, isObject, type JsonObject } from '../../json/read';
import { dataUrl, imageSource, readDataUrl } from '../../media';
import type { DocumentPart, ImagePart, Part } from '../../message';
import type { Warnings } from '../../warnings';
import { wordTable } from '../../words';

/** File ids of OpenAI; ids of other vendors' stores look different and mean nothing here. */
const OPENAI_FILE_ID = /^file-/;

const MEDIA_TYPE_BY_EXTENSION = wordTable<string>({
  txt: 'text/plain',
  md: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
});

/**
 * Content of a message item or tool output (string or parts) to neutral parts. Unknown parts are left out with a warning;
 * one whose source cannot be read throws GatewayError `invalid_request` naming `place`.
 */
export function decodeContent(content: unknown, place: string, warnings: Warnings): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  // Some clients send a single part without a list around it.
  const parts = isObject(content) ? [content] : asList(content);
  return parts.flatMap((part, index): Part[] => {
    if (typeof part === 'string') return [{ type: 'text', text: part }];
    return isObject(part) ? decodePart(part, `${place}[${index}]`, warnings) : [];
  });
}

function decodePart(part: JsonObject, place: string, warnings: Warnings): Part[] {
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return [{ type: 'text', text: asString(part['text']) ?? '' }];
    case 'refusal':
      return [{ type: 'refusal', text: asString(part['refusal']) ?? '' }];
    case 'input_image':
    case 'image_url':
      return [decodeImage(part, place)];
    case 'input_file':
      return [decodeFile(part, place)];
    case 'input_audio': {
      const audio = asObject(part['input_audio']) ?? part;
      const mediaType = `audio/${asFilled(audio['format']) ?? 'wav'}`;
      return [{ type: 'audio', source: { kind: 'base64', mediaType, data: asString(audio['data']) ?? '' } }];
    }
    default:
      warnings.add(`Content of type "${asString(part['type']) ?? 'unknown'}" was left out.`);
      return [];
  }
}

function decodeImage(part: JsonObject, place: string): ImagePart {
  const detail = asFilled(part['detail']);
  const detailed = detail === undefined ? {} : { detail };
  const url = asFilled(part['image_url']) ?? asFilled(asObject(part['image_url'])?.['url']);
  if (url === undefined) {
    const id = asFilled(part['file_id']);
    if (id === undefined) throw invalid(place, 'must hold image_url or file_id');
    return { type: 'image', source: { kind: 'file', id }, ...detailed };
  }
  const source = imageSource(url);
  if (source === undefined) throw invalid(`${place}.image_url`, 'must be a web address or a base64 data URL');
  return { type: 'image', source, ...detailed };
}

/** `file_data` is a data URL, or bare base64 whose type only the file name tells. */
function decodeFile(part: JsonObject, place: string): DocumentPart {
  const name = asFilled(part['filename']);
  const named = name === undefined ? {} : { name };
  const data = asFilled(part['file_data']);
  const url = asFilled(part['file_url']);
  const id = asFilled(part['file_id']);
  if (data !== undefined) {
    const read = readDataUrl(data);
    if (read === undefined && data.startsWith('data:')) throw invalid(`${place}.file_data`, 'must be base64');
    const mediaType = read === undefined || read.mediaType === '' ? typeOfName(name) : read.mediaType;
    return { type: 'document', source: { kind: 'base64', mediaType, data: read?.data ?? data }, ...named };
  }
  if (url !== undefined) return { type: 'document', source: { kind: 'url', url }, ...named };
  if (id === undefined) throw invalid(place, 'must hold file_data, file_url or file_id');
  return { type: 'document', source: { kind: 'file', id }, ...named };
}

function typeOfName(name = ''): string {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return MEDIA_TYPE_BY_EXTENSION[extension] ?? 'application/pdf';
}

/** Neutral parts as input content. Reasoning, calls and results are items of their own and no concern of this function. */
export function encodeInputContent(parts: readonly Part[]): JsonObject[] {
  return parts.flatMap((part): JsonObject[] => {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return [{ type: 'input_text', text: part.text }];
      case 'image':
        return [encodeImage(part)];
      case 'document':
        return [encodeDocument(part)];
      case 'audio':
        throw refused('Audio cannot be sent to this model.');
      default:
        return [];
    }
  });
}

function encodeImage({ source, detail }: ImagePart): JsonObject {
  const detailed = defined({ detail });
  switch (source.kind) {
    case 'url':
      return { type: 'input_image', image_url: source.url, ...detailed };
    case 'base64':
      return { type: 'input_image', image_url: dataUrl(source.mediaType, source.data), ...detailed };
    case 'file':
      if (OPENAI_FILE_ID.test(source.id)) return { type: 'input_image', file_id: source.id, ...detailed };
      throw refused('Images stored with another vendor cannot be read by this model; send the image itself.');
    default:
      throw refused('Images must be sent as data URL or web address.');
  }
}

function encodeDocument({ source, name }: DocumentPart): JsonObject {
  switch (source.kind) {
    case 'text':
      return { type: 'input_text', text: name === undefined ? source.text : `${name}\n\n${source.text}` };
    case 'base64':
      return {
        type: 'input_file',
        filename: name ?? 'document.pdf',
        file_data: dataUrl(source.mediaType, source.data),
      };
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'file':
      if (OPENAI_FILE_ID.test(source.id)) return { type: 'input_file', file_id: source.id };
      throw refused('Files of another vendor cannot be read by this model; send the document itself.');
    default:
      throw refused('Documents must be sent as base64, text or web address to this model.');
  }
}

function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' });
}
