import { CHAT, EMBEDDINGS, type Provider } from './provider';

export const provider = {
  id: 'edenai',
  displayName: 'edenai',
  baseUrl: 'https://api.edenai.run/v3',
  dialects: [CHAT, EMBEDDINGS],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'EDENAI_API_KEY',
  http2: 'alpn',
} as const satisfies Provider;
