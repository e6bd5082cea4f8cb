import { CHAT, EMBEDDINGS, type Provider } from './provider';

/** Addresses differ per region and workspace, so base_url is required; the OpenAI-compatible API lives below its own path. */
export const provider = {
  id: 'qwen',
  displayName: 'qwen',
  ownBasePath: 'compatible-mode/v1',
  dialects: [CHAT, EMBEDDINGS],
  auth: 'bearer',
  asInterface: false,
  catalog: 'qwen',
  http2: 'alpn',
} as const satisfies Provider;
