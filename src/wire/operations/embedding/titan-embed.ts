import { defined } from '../../defined';
import { asNumber, asObject, type JsonObject } from '../../json/read';
import { countedInputTokens } from './bedrock-token-count';
import { asVector, onlyTextOf, type EmbeddingUpstream, type Vector } from './embedding';

const FIRST_GENERATION = /titan-embed-(?:text-v1|g1)/;
const WITH_IMAGES = /titan-embed-image/;

/** Amazon Titan on Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
export const titanEmbed: EmbeddingUpstream = {
  encodeRequest(request, { upstreamModel }, warnings): JsonObject {
    const { dimensions, normalize, formats } = request;
    const inputText = onlyTextOf(request).text;
    if (request.purpose !== undefined) warnings.add('What the vectors are for was left out: this model cannot use it.');
    if (FIRST_GENERATION.test(upstreamModel) || WITH_IMAGES.test(upstreamModel)) {
      if (normalize !== undefined) warnings.dropped('normalize');
      if (!WITH_IMAGES.test(upstreamModel)) {
        if (dimensions !== undefined) warnings.dropped('dimensions');
        return { inputText };
      }
      return { inputText, ...defined({ embeddingConfig: dimensions && { outputEmbeddingLength: dimensions } }) };
    }
    return { inputText, ...defined({ dimensions, normalize, embeddingTypes: formats }) };
  },

  decodeAnswer(body, { responseHeaders }) {
    const vector = floatsOf(body);
    if (vector === undefined) return undefined;
    const inputTokens = asNumber(body['inputTextTokenCount']) ?? countedInputTokens(responseHeaders);
    return { vectors: [vector], ...defined({ inputTokens }) };
  },
};

/** With embeddingTypes each format has a list of its own; floats are what clients know. */
function floatsOf(body: JsonObject): Vector | undefined {
  const byType = asObject(body['embeddingsByType']) ?? {};
  const candidates = [byType['float'], body['embedding'], ...Object.values(byType)];
  return candidates.map(asVector).find((vector) => vector !== undefined);
}
