import type { UpstreamApi } from '../upstream-api';

/** Cohere's API, version 2: https://docs.cohere.com/reference/about */
export const upstreamApis: readonly UpstreamApi[] = [
  { id: 'cohere.chat', dialect: 'cohere.chat', model: 'set', path: () => '/v2/chat' },
  { id: 'cohere.rerank', dialect: 'cohere.rerank', model: 'set', path: () => '/v2/rerank' },
];
