import { wordTable } from '../../words';

/** Formats of the API's image, document and audio blocks, by media type and by file extension. */

const IMAGE_FORMATS: readonly string[] = ['png', 'jpeg', 'gif', 'webp'];

const DOCUMENT_TYPES = wordTable<string>({
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
});

const OTHER_EXTENSIONS = wordTable<string>({ htm: 'html', markdown: 'md', text: 'txt', jpg: 'jpeg' });

const AUDIO_FORMATS = wordTable<string>({ mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav' });

/** Undefined for media types that are no image of the API's. */
export function imageFormat(mediaType: string): string | undefined {
  const format = /^image\/([a-z]+)$/.exec(mediaType)?.[1];
  return format !== undefined && IMAGE_FORMATS.includes(format) ? format : undefined;
}

export function imageFormatOfName(name: string): string | undefined {
  const format = extensionOf(name);
  return format !== undefined && IMAGE_FORMATS.includes(format) ? format : undefined;
}

export function imageType(format: string): string {
  return `image/${format}`;
}

/** The name is more precise where there is one: senders that do not know a type say PDF or plain text. */
export function documentFormat(mediaType: string | undefined, name: string | undefined): string | undefined {
  const extension = name === undefined ? undefined : extensionOf(name);
  if (extension !== undefined && DOCUMENT_TYPES[extension] !== undefined) return extension;
  const type = mediaType?.split(';')[0]?.trim().toLowerCase();
  const known = Object.entries(DOCUMENT_TYPES).find(([, knownType]) => knownType === type)?.[0];
  if (known !== undefined) return known;
  return type?.startsWith('text/') === true || type === 'application/json' ? 'txt' : undefined;
}

export function documentType(format: string): string {
  return DOCUMENT_TYPES[format] ?? 'application/octet-stream';
}

export function isDocumentExtension(extension: string): boolean {
  return DOCUMENT_TYPES[OTHER_EXTENSIONS[extension] ?? extension] !== undefined;
}

/** @param source a media type or a file's address */
export function audioFormat(source: string): string {
  const format = extensionOf(source) ?? source.replace(/^audio\//, '').replace(/;.*$/, '');
  return AUDIO_FORMATS[format] ?? format;
}

function extensionOf(name: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : (OTHER_EXTENSIONS[extension] ?? extension);
}
