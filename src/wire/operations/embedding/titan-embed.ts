import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import { countedInputTokens } from './bedrock-token-count';
import {
  asVector,
  onlyTextOf,
  warnUnheard,
  type EmbeddingUpstream,
  type EmbeddingWish,
  type Vector,
} from './embedding';

const FIRST_GENERATION = /titan-embed-(?:text-v1|g1)/;
const WITH_IMAGES = /titan-embed-image/;

/** Amazon Titan on Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
export const titanEmbed: EmbeddingUpstream = {
  encodeRequest(request, { upstreamModel }, warnings): JsonObject {
    const { dimensions, normalize, formats } = request;
    const inputText = onlyTextOf(request).text;
    warnUnheard(request, wishesHeardBy(upstreamModel), warnings);
    if (FIRST_GENERATION.test(upstreamModel)) return { inputText };
    if (!WITH_IMAGES.test(upstreamModel)) {
      return { inputText, ...defined({ dimensions, normalize, embeddingTypes: formats }) };
    }
    return { inputText, ...defined({ embeddingConfig: dimensions && { outputEmbeddingLength: dimensions } }) };
  },

  decodeAnswer(body, { responseHeaders }) {
    const vector = floatsOf(body);
    if (vector === undefined) return undefined;
    const inputTokens = asNumber(body['inputTextTokenCount']) ?? countedInputTokens(responseHeaders);
    return { vectors: [vector], ...defined({ inputTokens }) };
  },
};

function wishesHeardBy(model: string): readonly EmbeddingWish[] {
  if (FIRST_GENERATION.test(model)) return [];
  return WITH_IMAGES.test(model) ? ['dimensions'] : ['dimensions', 'normalize', 'formats'];
}

/** With embeddingTypes each format has a list of its own; floats are what clients know. */
function floatsOf(body: JsonObject): Vector | undefined {
  const byType = asObject(body['embeddingsByType']) ?? {};
  const candidates = [byType['float'], body['embedding'], ...Object.values(byType)];
  return candidates.map(asVector).find((vector) => vector !== undefined);
}
