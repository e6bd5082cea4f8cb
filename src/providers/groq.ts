import { CHAT, SPEECH, type Provider } from './provider';

/**
 * Plano appends `/v1/chat/completions` to Groq's base_url while every other vendor's base_url already holds the version.
 * Files exist that rely on either form, so the version is added only where it is missing.
 */
function withVersion(basePath: string): string {
  return /(^|\/)v\d+$/.test(basePath) ? basePath : `${basePath}/v1`;
}

export const provider = {
  id: 'groq',
  displayName: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  dialects: [CHAT, SPEECH],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'GROQ_API_KEY',
  http2: 'alpn',
  basePathFor: ({ basePath }) => (basePath === undefined ? undefined : withVersion(basePath)),
} as const satisfies Provider;
