import { type DialectRow, type Provider } from './provider';

const CLAUDE = /claude/;

const ROWS = [
  { dialect: 'gemini.generate', api: 'vertex.gemini' },
  { dialect: 'anthropic.messages', api: 'vertex.anthropic', models: CLAUDE },
  { dialect: 'anthropic.count_tokens', api: 'vertex.anthropic', models: CLAUDE },
  { dialect: 'openai.embeddings', api: 'vertex.embed-content', models: /gemini-embedding-2/ },
  { dialect: 'openai.embeddings', api: 'vertex.predict-embed', models: /embedding|embed/ },
  { dialect: 'cohere.rerank', api: 'vertex.rank', models: /ranker/ },
] as const satisfies readonly DialectRow[];

/**
 * Hosts differ per region (`https://us-central1-aiplatform.googleapis.com`), so base_url is required; `region` and `project`
 * of the entry stand in the path. `access_key` is an OAuth access token.
 */
export const provider = {
  id: 'vertex_ai',
  displayName: 'Vertex AI',
  aliases: ['vertex'],
  dialects: ROWS,
  auth: 'bearer',
  asInterface: false,
  http2: 'alpn',
} as const satisfies Provider;
