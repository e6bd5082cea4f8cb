import { vertexEmbedContent } from '../operations/embedding/gemini-embed';
import { openaiEmbeddings } from '../operations/embedding/openai-embeddings';
import { vertexPredictEmbed } from '../operations/embedding/vertex-predict-embed';
import { connect } from '../operations/operation';
import type { UpstreamApi } from '../upstream-api';
import { vertexModelPath } from '../vertex-path';

/** Embeddings of Vertex AI: most models by `predict`, gemini-embedding-2 and later by `embedContent`. */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'vertex.predict-embed',
    direct: { 'openai.embeddings': connect(openaiEmbeddings, vertexPredictEmbed) },
    model: 'untouched',
    path: (context) => vertexModelPath('google', 'predict', context),
  },
  {
    id: 'vertex.embed-content',
    direct: { 'openai.embeddings': connect(openaiEmbeddings, vertexEmbedContent) },
    model: 'untouched',
    path: (context) => vertexModelPath('google', 'embedContent', context),
  },
];
