import { defined } from '../../defined';
import { asNumber, asObject, asObjects, type JsonObject } from '../../json/read';
import { asVector, textsOf, warnUnheard, type EmbeddingUpstream } from './embedding';
import { purposeFor } from './purpose';

/** Text embeddings of Vertex AI: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
export const vertexPredictEmbed: EmbeddingUpstream = {
  encodeRequest(request, _context, warnings): JsonObject {
    warnUnheard(request, ['purpose', 'title', 'truncation', 'dimensions'], warnings);
    const parameters = defined({
      outputDimensionality: request.dimensions,
      autoTruncate: request.truncation && request.truncation !== 'none',
    });
    return {
      instances: textsOf(request).map(({ text, purpose, title }) => ({
        content: text,
        ...defined({ task_type: purposeFor('google', purpose ?? request.purpose), title }),
      })),
      ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    };
  },

  decodeAnswer(body) {
    if (!Array.isArray(body['predictions'])) return undefined;
    const predictions = asObjects(body['predictions']).map(readPrediction);
    const vectors = predictions.map(({ vector }) => vector).filter((vector) => vector !== undefined);
    if (vectors.length !== predictions.length) return undefined;
    const counts = predictions.map(({ tokens }) => tokens).filter((tokens) => tokens !== undefined);
    return { vectors, ...(counts.length > 0 ? { inputTokens: counts.reduce((sum, count) => sum + count, 0) } : {}) };
  },
};

function readPrediction(prediction: JsonObject): { vector: ReturnType<typeof asVector>; tokens: number | undefined } {
  const embeddings = asObject(prediction['embeddings']);
  return {
    // Models that read pictures too answer with a member of another name.
    vector: asVector(embeddings?.['values']) ?? asVector(prediction['textEmbedding']),
    tokens: asNumber(asObject(embeddings?.['statistics'])?.['token_count']),
  };
}
