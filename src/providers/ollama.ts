import { CHAT, COMPLETIONS, EMBEDDINGS, type Provider } from './provider';

/** A model server of the user, so its address is never built in. */
export const provider = {
  id: 'ollama',
  displayName: 'ollama',
  dialects: [CHAT, COMPLETIONS, EMBEDDINGS],
  auth: 'bearer',
  asInterface: false,
  http2: 'off',
} as const satisfies Provider;
