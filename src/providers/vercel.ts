import { CHAT, EMBEDDINGS, MESSAGES, RESPONSES, type Provider } from './provider';

/** A gateway of many vendors that offers each API natively. */
export const provider = {
  id: 'vercel',
  displayName: 'vercel',
  baseUrl: 'https://ai-gateway.vercel.sh/v1',
  dialects: [CHAT, MESSAGES, RESPONSES, EMBEDDINGS],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'AI_GATEWAY_API_KEY',
  http2: 'alpn',
} as const satisfies Provider;
