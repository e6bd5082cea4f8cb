import { type DialectRow, type Provider } from './provider';

const CLAUDE = /anthropic|claude/;

/** Claude in its own words for its own clients; everybody else, and every other model, through Converse. */
const ROWS = [
  { dialect: 'bedrock.converse' },
  { dialect: 'anthropic.messages', api: 'bedrock.invoke.anthropic', models: CLAUDE },
  { dialect: 'anthropic.count_tokens', api: 'bedrock.count_tokens', models: CLAUDE },
  { dialect: 'openai.embeddings', api: 'bedrock.invoke.titan-embed', models: /titan-embed/ },
  { dialect: 'openai.embeddings', api: 'bedrock.invoke.cohere-embed', models: /cohere\.embed/ },
  { dialect: 'openai.embeddings', api: 'bedrock.invoke.nova-embed', models: /nova.*embed/ },
  { dialect: 'cohere.rerank', api: 'bedrock.rerank', models: /rerank/ },
] as const satisfies readonly DialectRow[];

/** `bedrock-runtime.us-east-1.amazonaws.com`, `bedrock-runtime-fips.…`, `vpce-….bedrock-runtime.….vpce.amazonaws.com` and their like. */
const HOST =
  /(?:^|\.)bedrock-(?:agent-)?runtime(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;

/**
 * Hosts differ per region (`https://bedrock-runtime.us-east-1.amazonaws.com`), so base_url or region is required.
 * `access_key` is a Bedrock API key and travels as a bearer token; without one requests are signed.
 */
export const provider = {
  id: 'amazon_bedrock',
  displayName: 'amazon_bedrock',
  aliases: ['amazon'],
  dialects: ROWS,
  auth: 'bearer',
  identity: 'aws',
  placeKeys: ['region'],
  baseUrlFor: ({ region }) =>
    region === undefined ? undefined : `https://bedrock-runtime.${region}.${domainOf(region)}`,
  regionOf: (host) => HOST.exec(host)?.[1],
  asInterface: false,
  catalog: 'amazon',
  http2: 'alpn',
} as const satisfies Provider;

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
