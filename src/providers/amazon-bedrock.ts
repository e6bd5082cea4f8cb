import { pathSegment } from '../wire/path-segment';
import { type DialectRow, type PathRequest, type Provider } from './provider';

/** The whole path depends on model and streaming, so `pathFor` builds it. */
const CONVERSE = { dialect: 'bedrock.converse', path: '' } as const satisfies DialectRow;

/** The model id, or its ARN with slashes escaped, is one segment; the path of base_url goes in front. */
function conversePath({ basePath, modelId, stream }: PathRequest): string {
  const base = basePath === undefined || basePath === '' ? '' : `/${basePath}`;
  return `${base}/model/${pathSegment(modelId)}/${stream ? 'converse-stream' : 'converse'}`;
}

/**
 * Hosts differ per region (`https://bedrock-runtime.us-east-1.amazonaws.com`), so base_url is required. `access_key` is a
 * Bedrock API key and travels as a bearer token.
 */
export const provider = {
  id: 'amazon_bedrock',
  displayName: 'amazon_bedrock',
  aliases: ['amazon'],
  dialects: [CONVERSE],
  auth: 'bearer',
  asInterface: false,
  catalog: 'amazon',
  http2: 'alpn',
  pathFor: conversePath,
} as const satisfies Provider;
