import { defined } from '../../defined';
import { asNumber, asObjects, type JsonObject } from '../../json/read';
import type { TranslateContext } from '../../api';
import type { RankingUpstream } from './ranking';

/** Where AWS's own tools look when no region is said. */
const DEFAULT_REGION = 'us-east-1';

/** Bedrock's agent runtime: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html */
export const bedrockRerank: RankingUpstream = {
  encodeRequest({ query, documents, limit, tokensPerDocument }, context, warnings): JsonObject {
    if (documents.some(({ title }) => title !== undefined)) warnings.dropped('documents[].title');
    return {
      queries: [{ type: 'TEXT', textQuery: { text: query } }],
      sources: documents.map(({ text }) => ({
        type: 'INLINE',
        inlineDocumentSource: { type: 'TEXT', textDocument: { text } },
      })),
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: {
          modelConfiguration: {
            modelArn: modelArn(context),
            ...defined({
              additionalModelRequestFields: tokensPerDocument && { max_tokens_per_doc: tokensPerDocument },
            }),
          },
          ...defined({ numberOfResults: limit }),
        },
      },
    };
  },

  decodeAnswer(body) {
    if (!Array.isArray(body['results'])) return undefined;
    const results = asObjects(body['results']).map((result, position) => ({
      index: asNumber(result['index']) ?? position,
      score: asNumber(result['relevanceScore']) ?? 0,
    }));
    return { results };
  },
};

/** The ARN of a foundation model in the region that is called; a model that is an ARN already stays. */
function modelArn({ upstreamModel, region = DEFAULT_REGION }: TranslateContext): string {
  if (upstreamModel.startsWith('arn:')) return upstreamModel;
  return `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${upstreamModel}`;
}

function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}
