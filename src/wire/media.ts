import type { MediaSource } from './message';

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i;

/**
 * Reads a `data:` URL with base64 content. Undefined for every other URL, and for data URLs that are not base64
 * (RFC 2397 allows them, no model API does).
 */
export function readDataUrl(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  const match = DATA_URL.exec(url);
  if (match === null || !/;\s*base64$/i.test(match[2] ?? '')) return undefined;
  return { mediaType: normalMediaType(match[1] ?? ''), data: url.slice(match[0].length) };
}

export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** image/jpg is common and wrong. */
export function normalMediaType(mediaType: string): string {
  const lower = mediaType.trim().toLowerCase();
  return lower === 'image/jpg' ? 'image/jpeg' : lower;
}

/**
 * An image reference of OpenAI's kind: a data URL, a web address or an object in a bucket. Undefined for anything else
 * (file ids). `mediaType` is what the caller says of an address.
 */
export function imageSource(url: string, mediaType?: string): MediaSource | undefined {
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url, ...typed(mediaType) };
  const bucket = bucketSource(url, mediaType);
  if (bucket !== undefined) return bucket;
  const data = readDataUrl(url);
  return data === undefined ? undefined : { kind: 'base64', ...data };
}

/** An object in a cloud store: `gs://bucket/object`, `s3://bucket/object`. */
export function bucketSource(uri: string, mediaType?: string): MediaSource | undefined {
  return /^(?:gs|s3):\/\//i.test(uri) ? { kind: 'bucket', uri, ...typed(mediaType) } : undefined;
}

function typed(mediaType: string | undefined): { readonly mediaType?: string } {
  return mediaType === undefined ? {} : { mediaType: normalMediaType(mediaType) };
}
