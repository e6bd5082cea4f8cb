import { geminiBatchEmbed } from '../operations/embedding/gemini-embed';
import { openaiEmbeddings } from '../operations/embedding/openai-embeddings';
import { connect } from '../operations/operation';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';

/** Embeddings of Gemini's developer API: https://ai.google.dev/api/embeddings */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'gemini.generate',
    clients: ['openai.embeddings'],
    direct: { 'openai.embeddings': connect(openaiEmbeddings, geminiBatchEmbed) },
    model: 'untouched',
    path: ({ upstreamModel }) => `/v1beta/models/${pathSegment(upstreamModel)}:batchEmbedContents`,
  },
];
