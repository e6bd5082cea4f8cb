/*
 * Gemini signs its calls, and the signature must come back with the call. It travels inside the call's id, which even the
 * strictest client of another API sends back. Other upstreams get the id without it.
 */

/** Between a call's own id and its signature; LiteLLM's gateways use the same. */
const SEPARATOR = '__thought__';

export function callIdWithSignature(id: string, signature: string): string {
  return id + SEPARATOR + signature;
}

export function signatureInCallId(id: string): string | undefined {
  const at = id.indexOf(SEPARATOR);
  return at === -1 ? undefined : id.slice(at + SEPARATOR.length) || undefined;
}

export function callIdWithoutSignature(id: string): string {
  const at = id.indexOf(SEPARATOR);
  return at === -1 ? id : id.slice(0, at);
}
