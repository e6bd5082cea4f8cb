import type { Headers } from '../pipeline/request-head';
import type { HttpHeaders } from './protocol';

/** Envoy's header list as a map; names arrive in lower case, values in `raw_value`. */
export function readHeaders(message: HttpHeaders): Headers {
  const headers = new Map<string, string>();
  for (const { key, value, rawValue } of message.headers?.headers ?? []) {
    if (key === undefined) continue;
    const text = rawValue === undefined || rawValue.length === 0 ? (value ?? '') : rawValue.toString('utf8');
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? text : `${earlier}, ${text}`);
  }
  return headers;
}
