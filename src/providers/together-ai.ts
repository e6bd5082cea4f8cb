import { CHAT, COMPLETIONS, EMBEDDINGS, IMAGES, type Provider } from './provider';

export const provider = {
  id: 'together_ai',
  displayName: 'together_ai',
  aliases: ['together'],
  baseUrl: 'https://api.together.xyz/v1',
  dialects: [CHAT, COMPLETIONS, EMBEDDINGS, IMAGES],
  auth: 'bearer',
  asInterface: false,
  http2: 'alpn',
} as const satisfies Provider;
