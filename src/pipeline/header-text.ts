/** Enough for a reason or a few warnings; longer header values annoy proxies and logs. */
const MAX_LENGTH = 1000;

/**
 * Text that is safe as one header value: printable ASCII only (RFC 9110, section 5.5), so that nothing a caller or a file
 * wrote (a model name with line breaks) can end the header or be refused by Envoy.
 */
export function headerText(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
}
