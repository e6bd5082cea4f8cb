import type { UpstreamApi } from '../upstream-api';

/** OpenAI's own paths. Vendors of the same dialects put them elsewhere; `providers` knows where. */
export const upstreamApis: readonly UpstreamApi[] = [
  { id: 'openai.chat', dialect: 'openai.chat', model: 'set', path: () => '/v1/chat/completions' },
  { id: 'openai.responses', dialect: 'openai.responses', model: 'set', path: () => '/v1/responses' },
  { id: 'openai.completions', dialect: 'openai.completions', model: 'set', path: () => '/v1/completions' },
  { id: 'openai.embeddings', dialect: 'openai.embeddings', model: 'set', path: () => '/v1/embeddings' },
  { id: 'openai.images', dialect: 'openai.images', model: 'set', path: () => '/v1/images/generations' },
  { id: 'openai.audio.speech', dialect: 'openai.audio.speech', model: 'set', path: () => '/v1/audio/speech' },
];
