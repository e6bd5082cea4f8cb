import { CHAT, COMPLETIONS, EMBEDDINGS, type Provider } from './provider';

/** Run by oneself, so base_url is required; a key only where the server was started with one. */
export const provider = {
  id: 'vllm',
  displayName: 'vLLM',
  dialects: [CHAT, COMPLETIONS, EMBEDDINGS],
  auth: 'bearer',
  asInterface: true,
  http2: 'off',
} as const satisfies Provider;
