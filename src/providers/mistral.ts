import { CHAT, EMBEDDINGS, type Provider } from './provider';

export const provider = {
  id: 'mistral',
  displayName: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  dialects: [CHAT, EMBEDDINGS],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'MISTRAL_API_KEY',
  catalog: 'mistralai',
  quirks: [
    {
      dialect: 'openai.chat',
      body: {
        renamed: { seed: 'random_seed', max_completion_tokens: 'max_tokens' },
        words: { tool_choice: { known: { required: 'any' }, others: 'kept' } },
        roles: { developer: 'system' },
      },
    },
  ],
  http2: 'alpn',
} as const satisfies Provider;
