import { CHAT, type Provider } from './provider';

export const provider = {
  id: 'mistral',
  displayName: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'MISTRAL_API_KEY',
  catalog: 'mistralai',
  http2: 'alpn',
} as const satisfies Provider;
