import { defined } from '../../defined';
import { asObjects, type JsonObject } from '../../json/read';
import { countedInputTokens } from './bedrock-token-count';
import { asVectors, onlyTextOf, warnUnheard, type EmbeddingUpstream } from './embedding';
import { purposeFor } from './purpose';

const DEFAULT_PURPOSE = 'GENERIC_INDEX';

/** Amazon Nova on Bedrock: https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
export const novaEmbed: EmbeddingUpstream = {
  encodeRequest(request, _context, warnings): JsonObject {
    warnUnheard(request, ['purpose', 'truncation', 'dimensions'], warnings);
    const { text, purpose } = onlyTextOf(request);
    return {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: purposeFor('nova', request.purpose ?? purpose) ?? DEFAULT_PURPOSE,
        ...defined({ embeddingDimension: request.dimensions }),
        text: { truncationMode: (request.truncation ?? 'end').toUpperCase(), value: text },
      },
    };
  },

  decodeAnswer(body, { responseHeaders }) {
    if (!Array.isArray(body['embeddings'])) return undefined;
    const vectors = asVectors(asObjects(body['embeddings']).map((entry) => entry['embedding']));
    return vectors && { vectors, ...defined({ inputTokens: countedInputTokens(responseHeaders) }) };
  },
};
