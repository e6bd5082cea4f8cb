import { defined } from '../../defined';
import { asNumber, asObject, asObjects, type JsonObject } from '../../json/read';
import {
  asVector,
  asVectors,
  onlyTextOf,
  textsOf,
  warnUnheard,
  type EmbeddingRequest,
  type EmbeddingText,
  type EmbeddingUpstream,
} from './embedding';
import { purposeFor } from './purpose';

/** One text per call: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings */
export const vertexEmbedContent: EmbeddingUpstream = {
  encodeRequest(request, _context, warnings): JsonObject {
    warnUnheard(request, ['purpose', 'title', 'truncation', 'dimensions'], warnings);
    const autoTruncate = request.truncation && request.truncation !== 'none';
    return { ...embedContent(onlyTextOf(request), request), ...defined({ autoTruncate }) };
  },

  decodeAnswer(body) {
    const embedding = asObject(body['embedding']) ?? asObjects(body['embeddings'])[0];
    const vector = asVector(embedding?.['values']);
    if (vector === undefined) return undefined;
    return { vectors: [vector], ...defined({ inputTokens: countedTokens(body, embedding) }) };
  },
};

/** Gemini's developer API takes a list: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
export const geminiBatchEmbed: EmbeddingUpstream = {
  encodeRequest(request, { upstreamModel }, warnings): JsonObject {
    warnUnheard(request, ['purpose', 'title', 'dimensions'], warnings);
    const model = `models/${upstreamModel}`;
    return { requests: textsOf(request).map((text) => ({ model, ...embedContent(text, request) })) };
  },

  decodeAnswer(body) {
    const single = asObject(body['embedding']);
    const embeddings = single === undefined ? asObjects(body['embeddings']) : [single];
    if (single === undefined && !Array.isArray(body['embeddings'])) return undefined;
    const vectors = asVectors(embeddings.map((embedding) => embedding['values']));
    return vectors && { vectors, ...defined({ inputTokens: countedTokens(body, undefined) }) };
  },
};

function embedContent({ text, purpose, title }: EmbeddingText, request: EmbeddingRequest): JsonObject {
  return {
    content: { parts: [{ text }] },
    ...defined({
      taskType: purposeFor('google', purpose ?? request.purpose),
      title,
      outputDimensionality: request.dimensions,
    }),
  };
}

function countedTokens(body: JsonObject, embedding: JsonObject | undefined): number | undefined {
  const usage = asObject(body['usageMetadata']);
  const statistics = asObject(embedding?.['statistics']) ?? asObject(body['statistics']);
  return (
    asNumber(usage?.['promptTokenCount']) ??
    asNumber(usage?.['totalTokenCount']) ??
    asNumber(statistics?.['tokenCount']) ??
    asNumber(statistics?.['token_count'])
  );
}
