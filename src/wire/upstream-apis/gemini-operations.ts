import { geminiBatchEmbed } from '../operations/embedding/gemini-embed';
import { openaiEmbeddings } from '../operations/embedding/openai-embeddings';
import { connect } from '../operations/operation';
import { geminiCountTokens, vertexCountTokens } from '../operations/token-count/gemini-count-tokens';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';
import { vertexModelPath } from '../vertex-path';

/** What Gemini models do beside chat: https://ai.google.dev/api/embeddings, https://ai.google.dev/api/tokens */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'gemini.generate',
    clients: ['openai.embeddings'],
    direct: { 'openai.embeddings': connect(openaiEmbeddings, geminiBatchEmbed) },
    model: 'untouched',
    path: ({ upstreamModel }) => `/v1beta/models/${pathSegment(upstreamModel)}:batchEmbedContents`,
  },
  {
    id: 'gemini.generate',
    clients: ['anthropic.count_tokens'],
    direct: { 'anthropic.count_tokens': geminiCountTokens },
    model: 'untouched',
    path: ({ upstreamModel }) => `/v1beta/models/${pathSegment(upstreamModel)}:countTokens`,
  },
  {
    id: 'vertex.gemini',
    clients: ['anthropic.count_tokens'],
    direct: { 'anthropic.count_tokens': vertexCountTokens },
    model: 'untouched',
    path: (context) => vertexModelPath('google', 'countTokens', context),
  },
];
