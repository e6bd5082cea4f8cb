import { CHAT, type Provider, RESPONSES } from './provider';

/** The backend of ChatGPT subscriptions, called with the user's own login (Codex CLI speaks Responses to it). */
export const provider = {
  id: 'chatgpt',
  displayName: 'chatgpt',
  baseUrl: 'https://chatgpt.com/backend-api/codex',
  dialects: [RESPONSES, CHAT],
  auth: 'bearer',
  asInterface: true,
  catalog: 'chatgpt',
  // Nothing is stored for subscriptions, and the service insists on hearing it.
  quirks: [{ dialect: 'openai.responses', body: { fixed: { store: false } } }],
  http2: 'alpn',
} as const satisfies Provider;
