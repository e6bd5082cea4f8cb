import type { Headers } from './request-head';
import { withheldHeaders } from './upstream-headers';

/** Headers of one connection or one body; the next hop makes its own (RFC 9110, section 7.6.1). */
const HOP_HEADERS = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'content-length',
  'accept-encoding',
  'expect',
]);

/** What an agent that is called by the sidecar gets of the caller's headers: no credentials, no cookies, nothing internal. */
export function agentCallHeaders(caller: Headers, trace: Readonly<Record<string, string>>): Record<string, string> {
  const withheld = new Set(withheldHeaders(caller));
  const headers: Record<string, string> = {};
  for (const [name, value] of caller) {
    if (!name.startsWith(':') && !withheld.has(name) && !HOP_HEADERS.has(name)) headers[name] = value;
  }
  return { ...headers, 'content-type': 'application/json', ...trace };
}
