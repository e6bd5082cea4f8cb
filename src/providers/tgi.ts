import { CHAT, COMPLETIONS, type Provider } from './provider';

/** Run by oneself, so base_url is required; a key only where the server was started with one. */
export const provider = {
  id: 'tgi',
  displayName: 'Text Generation Inference',
  dialects: [CHAT, COMPLETIONS],
  auth: 'bearer',
  asInterface: true,
  http2: 'off',
} as const satisfies Provider;
