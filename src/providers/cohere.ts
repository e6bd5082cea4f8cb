import { type DialectRow, type Provider } from './provider';

const ROWS = [
  { dialect: 'cohere.chat', path: '/chat' },
  { dialect: 'cohere.rerank', path: '/rerank' },
] as const satisfies readonly DialectRow[];

export const provider = {
  id: 'cohere',
  displayName: 'Cohere',
  baseUrl: 'https://api.cohere.com/v2',
  dialects: ROWS,
  auth: 'bearer',
  asInterface: true,
  http2: 'alpn',
} as const satisfies Provider;
