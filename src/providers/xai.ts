import { CHAT, RESPONSES, type Provider } from './provider';

export const provider = {
  id: 'xai',
  displayName: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  dialects: [CHAT, RESPONSES],
  auth: 'bearer',
  asInterface: false,
  catalog: 'x-ai',
  http2: 'alpn',
} as const satisfies Provider;
