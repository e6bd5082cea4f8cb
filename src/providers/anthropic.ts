import { COUNT_TOKENS, MESSAGES, type Provider } from './provider';

export const provider = {
  id: 'anthropic',
  displayName: 'Anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  dialects: [MESSAGES, COUNT_TOKENS],
  auth: 'x-api-key',
  requiredHeaders: { 'anthropic-version': '2023-06-01' },
  asInterface: false,
  keyVariable: 'ANTHROPIC_API_KEY',
  catalog: 'anthropic',
  http2: 'alpn',
} as const satisfies Provider;
