import { CHAT, type Provider } from './provider';

/** Root of Gemini's native API; the OpenAI-compatible API that is spoken here lives below it. */
const NATIVE_ROOT = 'v1beta';

export const provider = {
  id: 'gemini',
  displayName: 'Gemini',
  aliases: ['google'],
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'GEMINI_API_KEY',
  catalog: 'google',
  http2: 'alpn',
  // Plano's zero-configuration file writes the native root, where no chat completions exist.
  basePathFor: ({ basePath }) => (basePath === NATIVE_ROOT ? `${NATIVE_ROOT}/openai` : basePath),
} as const satisfies Provider;
