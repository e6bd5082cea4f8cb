import { CHAT, EMBEDDINGS, type Provider } from './provider';

export const provider = {
  id: 'digitalocean',
  displayName: 'digitalocean',
  aliases: ['do', 'do_ai'],
  baseUrl: 'https://inference.do-ai.run/v1',
  dialects: [CHAT, EMBEDDINGS],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'DO_API_KEY',
  catalog: 'digitalocean',
  http2: 'alpn',
} as const satisfies Provider;
