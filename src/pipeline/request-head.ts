import type { DialectId } from '../wire/api';

/** Request or response headers with lower-case names; repeated headers joined by ", " (RFC 9110, section 5.3). */
export type Headers = ReadonlyMap<string, string>;

export interface RequestHead {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** Query with its question mark, or empty. */
  readonly query: string;
  readonly headers: Headers;
  /** True when there is no body. */
  readonly endOfStream: boolean;
}

export function requestHead(headers: Headers, endOfStream: boolean): RequestHead {
  const target = headers.get(':path') ?? '/';
  const mark = target.indexOf('?');
  return {
    method: headers.get(':method') ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark),
    headers,
    endOfStream,
  };
}

/** The API shape for errors before (or without) a recognised path. */
export function errorDialect(path: string): DialectId {
  if (path.startsWith('/v1/messages')) return 'anthropic.messages';
  return path.startsWith('/v1/responses') ? 'openai.responses' : 'openai.chat';
}
