import { CHAT, COMPLETIONS, EMBEDDINGS, type Provider } from './provider';

export const provider = {
  id: 'openrouter',
  displayName: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  dialects: [CHAT, COMPLETIONS, EMBEDDINGS],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'OPENROUTER_API_KEY',
  http2: 'alpn',
} as const satisfies Provider;
