import { defined } from '../../defined';
import { asList, asObject, type JsonObject } from '../../json/read';
import { countedInputTokens } from './bedrock-token-count';
import {
  asVectors,
  textsOf,
  warnUnheard,
  type EmbeddingRequest,
  type EmbeddingUpstream,
  type EmbeddingWish,
} from './embedding';
import { purposeFor } from './purpose';

/** Cohere demands a purpose; questions are what most calls embed. */
const DEFAULT_PURPOSE = 'search_query';

/** Older generations have one size of vectors. */
const WITHOUT_DIMENSIONS = /embed-(?:english|multilingual)(?:-light)?-v[23]/;

const FOURTH_GENERATION = /embed-v4/;

/** Cohere's embeddings on Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
export const cohereEmbed: EmbeddingUpstream = {
  encodeRequest(request, { upstreamModel }, warnings): JsonObject {
    const hasDimensions = !WITHOUT_DIMENSIONS.test(upstreamModel);
    const heard: readonly EmbeddingWish[] = ['purpose', 'truncation', 'formats'];
    warnUnheard(request, hasDimensions ? [...heard, 'dimensions'] : heard, warnings);
    const texts = textsOf(request);
    const purpose = request.purpose ?? texts.find((text) => text.purpose !== undefined)?.purpose;
    return {
      texts: texts.map(({ text }) => text),
      input_type: purposeFor('cohere', purpose) ?? DEFAULT_PURPOSE,
      ...defined({
        truncate: truncateWord(request, upstreamModel),
        output_dimension: hasDimensions ? request.dimensions : undefined,
        embedding_types: request.formats,
      }),
    };
  },

  decodeAnswer(body, { responseHeaders }) {
    const listed = body['embeddings'];
    const byType = asObject(listed);
    const vectors = byType === undefined ? listed : (byType['float'] ?? Object.values(byType)[0]);
    if (!Array.isArray(vectors)) return undefined;
    const read = asVectors(asList(vectors));
    return read && { vectors: read, ...defined({ inputTokens: countedInputTokens(responseHeaders) }) };
  },
};

/** The fourth generation calls the ends LEFT and RIGHT. */
function truncateWord({ truncation }: EmbeddingRequest, model: string): string | undefined {
  if (truncation === undefined || truncation === 'none') return truncation?.toUpperCase();
  if (!FOURTH_GENERATION.test(model)) return truncation.toUpperCase();
  return truncation === 'start' ? 'LEFT' : 'RIGHT';
}
