import { CHAT, EMBEDDINGS, type Provider } from './provider';

export const provider = {
  id: 'zhipu',
  displayName: 'zhipu',
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  dialects: [CHAT, EMBEDDINGS],
  auth: 'bearer',
  asInterface: false,
  catalog: 'z-ai',
  http2: 'alpn',
} as const satisfies Provider;
