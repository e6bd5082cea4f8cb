/** Names and spellings of things that never belong into a log line or a span. Kept in one place so that both agree. */

const CREDENTIAL_NAMES: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);
// Singular `token` only: `total_tokens` and its relatives are counts.
const CREDENTIAL_ENDING =
  /(?:^|-)(?:api-?keys?|access-?keys?|auth-?key|secrets?|passwords?|passwd|credentials?|token)$/;
const TEXT_NAMES: ReadonlySet<string> = new Set(['body', 'prompt', 'prompts', 'content', 'messages', 'conversation']);

const CREDENTIAL_TEXTS: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  { pattern: /\b(bearer|basic)\s+[^\s"',;]+/gi, replacement: '$1 [redacted]' },
  { pattern: /\b(?:sk|pk|gsk|xai|hf|key)[-_][\w-]{12,}/g, replacement: '[redacted]' },
  { pattern: /\bAIza[\w-]{20,}/g, replacement: '[redacted]' },
  { pattern: /([?&](?:api[-_]?key|key|token|access[-_]token|signature)=)[^&\s"']+/gi, replacement: '$1[redacted]' },
  { pattern: /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, replacement: '$1[redacted]@' },
];

/** True for header or field names whose value is a credential (`x-api-key`, `access_key`, `clientSecret`, …). */
export function isCredentialName(name: string): boolean {
  const normalised = normalise(name);
  return CREDENTIAL_NAMES.has(normalised) || CREDENTIAL_ENDING.test(normalised);
}

/** True for field names that hold what a person or a model wrote (`body`, `prompt`, `content`, `messages`, …). */
export function isTextName(name: string): boolean {
  return TEXT_NAMES.has(normalise(name));
}

/** Blanks credentials inside free text: bearer tokens, well-known key shapes, secrets in URLs. */
export function withoutCredentials(text: string): string {
  return CREDENTIAL_TEXTS.reduce((current, { pattern, replacement }) => current.replace(pattern, replacement), text);
}

function normalise(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}
