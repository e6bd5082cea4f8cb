import type { TranslateContext } from '../api';
import { connect } from '../operations/operation';
import { cohereEmbed } from '../operations/embedding/cohere-embed';
import type { EmbeddingUpstream } from '../operations/embedding/embedding';
import { novaEmbed } from '../operations/embedding/nova-embed';
import { openaiEmbeddings } from '../operations/embedding/openai-embeddings';
import { titanEmbed } from '../operations/embedding/titan-embed';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';

/** Embeddings through Bedrock's InvokeModel, each family in its own words. */
export const upstreamApis: readonly UpstreamApi[] = [
  { id: 'bedrock.invoke.titan-embed', ...invokedWith(titanEmbed) },
  { id: 'bedrock.invoke.cohere-embed', ...invokedWith(cohereEmbed) },
  { id: 'bedrock.invoke.nova-embed', ...invokedWith(novaEmbed) },
];

function invokedWith(upstream: EmbeddingUpstream): Pick<UpstreamApi, 'direct' | 'model' | 'path'> {
  return {
    direct: { 'openai.embeddings': connect(openaiEmbeddings, upstream) },
    model: 'untouched',
    path: ({ upstreamModel }: TranslateContext) => `/model/${pathSegment(upstreamModel)}/invoke`,
  };
}
