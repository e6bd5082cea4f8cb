import { CHAT, type Provider } from './provider';

export const provider = {
  id: 'xiaomi',
  displayName: 'xiaomi',
  baseUrl: 'https://api.xiaomimimo.com/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  catalog: 'xiaomi',
  http2: 'alpn',
} as const satisfies Provider;
