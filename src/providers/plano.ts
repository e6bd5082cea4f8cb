import { CHAT, type Provider } from './provider';

/** Self-hosted servers of Plano's router and function-calling models; their address comes from base_url. */
export const provider = {
  id: 'plano',
  displayName: 'Plano',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  http2: 'alpn',
} as const satisfies Provider;
