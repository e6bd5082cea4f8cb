import { CHAT, COMPLETIONS, EMBEDDINGS, IMAGES, RESPONSES, SPEECH, type Provider } from './provider';

/** Custom prefixes whose servers put no version into the path, e.g. `perplexity/sonar` with provider_interface openai. */
const UNVERSIONED_PREFIXES: ReadonlySet<string> = new Set(['perplexity']);

export const provider = {
  id: 'openai',
  displayName: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  dialects: [CHAT, RESPONSES, COMPLETIONS, EMBEDDINGS, IMAGES, SPEECH],
  auth: 'bearer',
  asInterface: true,
  keyVariable: 'OPENAI_API_KEY',
  catalog: 'openai',
  http2: 'alpn',
  basePathFor: ({ basePath, prefix }) =>
    basePath === undefined && prefix !== undefined && UNVERSIONED_PREFIXES.has(prefix) ? '' : basePath,
} as const satisfies Provider;
