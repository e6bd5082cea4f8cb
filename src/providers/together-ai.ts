import { CHAT, COMPLETIONS, type Provider } from './provider';

export const provider = {
  id: 'together_ai',
  displayName: 'together_ai',
  aliases: ['together'],
  baseUrl: 'https://api.together.xyz/v1',
  dialects: [CHAT, COMPLETIONS],
  auth: 'bearer',
  asInterface: false,
  http2: 'alpn',
} as const satisfies Provider;
