import type { Provider } from './provider';

/** Hosts differ per region, so base_url is required. */
export const provider = {
  id: 'amazon_bedrock',
  displayName: 'amazon_bedrock',
  aliases: ['amazon'],
  dialects: [],
  auth: 'bearer',
  asInterface: false,
  catalog: 'amazon',
  http2: 'alpn',
  notYet: 'Amazon Bedrock speaks Converse, which Outerloop does not translate yet.',
} as const satisfies Provider;
