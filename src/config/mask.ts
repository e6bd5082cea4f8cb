/** Names of keys, headers and variables whose values are never shown. */
const SENSITIVE_NAME = /authorization|cookie|key|token|secret|password|credential|connection_string/i;

/** `max_tokens`, `min_prefix_tokens`: numbers of tokens are no secret. */
const COUNTED_TOKENS = /tokens$/i;

export function isSensitiveName(name: string): boolean {
  return SENSITIVE_NAME.test(name) && !COUNTED_TOKENS.test(name);
}

const MASK = '********';

/** A line of the file as it may be shown: literal values of sensitive keys and passwords in URLs are masked. */
export function maskLine(line: string): string {
  const withoutPasswords = maskUrl(line);
  return withoutPasswords.replace(
    /(["']?)([\w-]+)\1(\s*:\s+)(["']?)(?![$>|[{&*"'\s])([^\s"',}\]][^"',}\]]*)/g,
    (whole: string, quote: string, name: string, colon: string, valueQuote: string) =>
      isSensitiveName(name) ? `${quote}${name}${quote}${colon}${valueQuote}${MASK}` : whole,
  );
}

/** A URL or a text with URLs without their user names and passwords. */
export function maskUrl(text: string): string {
  return text.replace(/(:\/\/)[^\s/@"']+@/g, `$1${MASK}@`);
}
