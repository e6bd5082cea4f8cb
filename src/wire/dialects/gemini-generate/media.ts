import { GatewayError } from '../../errors';
import { invalid } from '../../facts';
import { asFilled, asObject, asString, type JsonObject } from '../../json/read';
import { normalMediaType, readDataUrl } from '../../media';
import type { MediaSource, Part } from '../../message';
import { member } from './member';
import { wordTable } from '../../words';

const TYPE_BY_EXTENSION = wordTable<string>({
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  bmp: 'image/bmp',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  json: 'application/json',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  htm: 'text/html',
  xml: 'text/xml',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  aac: 'audio/aac',
  m4a: 'audio/m4a',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpg',
  mov: 'video/mov',
  avi: 'video/avi',
  webm: 'video/webm',
  wmv: 'video/wmv',
  flv: 'video/x-flv',
  '3gp': 'video/3gpp',
});

const GUESS_BY_PART = { image: 'image/jpeg', document: 'application/pdf', audio: 'audio/wav' } as const;

type MediaKind = keyof typeof GUESS_BY_PART;

/** An image, document or recording as a part. Throws GatewayError `invalid_request` for what Gemini cannot fetch. */
export function encodeMedia(kind: MediaKind, source: MediaSource): JsonObject {
  switch (source.kind) {
    case 'text':
      return { text: source.text };
    case 'base64':
      return { inlineData: { mimeType: asFilled(source.mediaType) ?? GUESS_BY_PART[kind], data: source.data } };
    case 'url':
      return encodeAddress(kind, source.url, source.mediaType);
    case 'bucket':
      return encodeAddress(kind, source.uri, source.mediaType);
    case 'file':
      if (isGeminiFile(source.id)) return { fileData: { fileUri: source.id } };
      throw refused('Files stored with another vendor cannot be read by this model; send the file itself.');
  }
}

/** Web addresses get a guessed type when nothing says it; an object in a bucket must be of a known one. */
function encodeAddress(kind: MediaKind, address: string, mediaType: string | undefined): JsonObject {
  const inline = readDataUrl(address);
  if (inline !== undefined) return encodeMedia(kind, { kind: 'base64', ...inline });
  const known = mediaType ?? typeOfAddress(address);
  if (/^https?:\/\//i.test(address)) {
    const isFile = isGeminiFile(address) && known === undefined;
    return { fileData: { ...(isFile ? {} : { mimeType: known ?? GUESS_BY_PART[kind] }), fileUri: address } };
  }
  if (!address.startsWith('gs://'))
    throw refused('This model reads web addresses, gs:// addresses and inline data only.');
  if (known === undefined) throw refused('The type of a gs:// object must be told by its extension or a MIME type.');
  return { fileData: { mimeType: known, fileUri: address } };
}

function typeOfAddress(address: string): string | undefined {
  const extension = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(address)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : TYPE_BY_EXTENSION[extension];
}

/** Files of the developer API's own store. */
function isGeminiFile(address: string): boolean {
  return /^(?:https:\/\/generativelanguage\.googleapis\.com\/|files\/)/.test(address);
}

/** `inlineData` or `fileData` of a part. Throws GatewayError `invalid_request` naming `place`. */
export function decodeMedia(part: JsonObject, place: string): Part | undefined {
  const inline = asObject(member(part, 'inlineData'));
  const file = asObject(member(part, 'fileData'));
  const holder = inline ?? file;
  if (holder === undefined) return undefined;
  const mediaType = normalMediaType(asString(member(holder, 'mimeType')) ?? '');
  const name = asFilled(member(holder, 'displayName'));
  return mediaPart(mediaType, sourceOf(inline, file, mediaType, place), name);
}

function sourceOf(
  inline: JsonObject | undefined,
  file: JsonObject | undefined,
  mediaType: string,
  place: string,
): MediaSource {
  if (inline !== undefined) {
    const data = asString(inline['data']);
    if (data === undefined) throw invalid(`${place}.inlineData.data`, 'must be base64 text');
    return { kind: 'base64', mediaType, data: standardBase64(data) };
  }
  const uri = asFilled(member(file, 'fileUri'));
  if (uri === undefined) throw invalid(`${place}.fileData.fileUri`, 'must be an address');
  const typed = mediaType === '' ? {} : { mediaType };
  if (isGeminiFile(uri)) return { kind: 'file', id: uri };
  return uri.startsWith('gs://') ? { kind: 'bucket', uri, ...typed } : { kind: 'url', url: uri, ...typed };
}

function mediaPart(mediaType: string, source: MediaSource, name: string | undefined): Part {
  if (mediaType.startsWith('audio/')) return { type: 'audio', source };
  const isImage = mediaType.startsWith('image/') || (mediaType === '' && source.kind !== 'base64');
  if (isImage) return { type: 'image', source };
  return { type: 'document', source, ...(name === undefined ? {} : { name }) };
}

/** Protobuf's JSON mapping allows the URL-safe alphabet. */
function standardBase64(data: string): string {
  return data.replace(/-/g, '+').replace(/_/g, '/');
}

export function refused(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'messages' });
}
