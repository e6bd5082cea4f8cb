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

/** `us-central1-aiplatform.…`, `aiplatform.eu.rep.…` for several regions of one continent, `aiplatform.…` for the global one. */
const HOST = /^(?:([a-z0-9-]+)-)?aiplatform(?:\.([a-z0-9-]+)\.rep)?\.googleapis\.com$/;

/**
 * Hosts differ per region (`https://us-central1-aiplatform.googleapis.com`), so base_url or region is required; `region` and
 * `project` of the entry stand in the path. `access_key` is an OAuth access token or an API key of express mode; without one
 * the sidecar uses the application default credentials.
 */
export const provider = {
  id: 'vertex_ai',
  displayName: 'Vertex AI',
  aliases: ['vertex'],
  dialects: ROWS,
  auth: 'google',
  identity: 'google',
  placeKeys: ['region', 'project'],
  baseUrlFor: ({ region }) => (region === undefined ? undefined : `https://${hostOf(region)}`),
  regionOf: (host) => {
    const match = HOST.exec(host);
    return match === null ? undefined : (match[1] ?? match[2] ?? 'global');
  },
  asInterface: false,
  http2: 'alpn',
} as const satisfies Provider;

function hostOf(region: string): string {
  if (region === 'global') return 'aiplatform.googleapis.com';
  // One region has a digit at its end; `us` and `eu` are all regions there.
  return /^[a-z]+$/.test(region) ? `aiplatform.${region}.rep.googleapis.com` : `${region}-aiplatform.googleapis.com`;
}
