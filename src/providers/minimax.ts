import { CHAT, type Provider } from './provider';

/** Plano refuses this prefix without base_url and provider_interface; both are accepted here and neither is needed. */
export const provider = {
  id: 'minimax',
  displayName: 'minimax',
  baseUrl: 'https://api.minimax.io/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: false,
  catalog: 'minimax',
  http2: 'alpn',
} as const satisfies Provider;
