import { CHAT, type Provider } from './provider';

export const provider = {
  id: 'moonshotai',
  displayName: 'moonshotai',
  baseUrl: 'https://api.moonshot.ai/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  catalog: 'moonshotai',
  http2: 'alpn',
} as const satisfies Provider;
