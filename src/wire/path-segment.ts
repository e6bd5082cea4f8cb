import { invalid } from './facts';

/** Characters that RFC 3986 allows in a segment and clouds write unescaped: `claude-3@20240229`, `…-v1:0`. */
const KEPT = /%(?:3A|40|24|26|2B|3D|2C)/g;

/**
 * A model name as one segment of a path. A slash is escaped, so a name can never add segments; names that mean "here" or
 * "one up" are refused. Throws GatewayError `invalid_request`.
 */
export function pathSegment(name: string): string {
  if (name === '') throw invalid('model', 'is missing');
  if (name === '.' || name === '..') throw invalid('model', 'is no model name');
  return encodeURIComponent(name).replace(KEPT, decodeURIComponent);
}
