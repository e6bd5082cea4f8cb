import { CHAT, type Provider } from './provider';

export const provider = {
  id: 'deepseek',
  displayName: 'Deepseek',
  baseUrl: 'https://api.deepseek.com/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'DEEPSEEK_API_KEY',
  catalog: 'deepseek',
  http2: 'alpn',
} as const satisfies Provider;
