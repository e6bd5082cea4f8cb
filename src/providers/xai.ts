import { CHAT, IMAGES, RESPONSES, type Provider } from './provider';

export const provider = {
  id: 'xai',
  displayName: 'xai',
  baseUrl: 'https://api.x.ai/v1',
  dialects: [CHAT, RESPONSES, IMAGES],
  auth: 'bearer',
  asInterface: false,
  catalog: 'x-ai',
  // Search is a tool of its own there.
  quirks: [{ dialect: 'openai.chat', body: { dropped: ['web_search_options'] } }],
  http2: 'alpn',
} as const satisfies Provider;
