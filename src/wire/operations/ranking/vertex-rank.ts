import { defined } from '../../defined';
import { GatewayError } from '../../errors';
import { asNumber, asObjects, asString, type JsonObject } from '../../json/read';
import type { RankingUpstream } from './ranking';

/** A whole number as text, the form in which we send positions. */
const POSITION = /^\d+$/;

/** Google's ranking API: https://cloud.google.com/generative-ai-app-builder/docs/ranking */
export const vertexRank: RankingUpstream = {
  encodeRequest({ query, documents, limit, tokensPerDocument }, { upstreamModel }, warnings): JsonObject {
    if (tokensPerDocument !== undefined) warnings.dropped('max_tokens_per_doc');
    return {
      model: upstreamModel,
      query,
      records: documents.map(({ text, title }, index) => ({ id: String(index), ...defined({ title }), content: text })),
      ...defined({ topN: limit }),
      // Clients have the documents; only their order is news.
      ignoreRecordDetailsInResponse: true,
    };
  },

  decodeAnswer(body) {
    // An empty list is left out of the answer altogether, as Google's JSON does.
    if (body['records'] !== undefined && !Array.isArray(body['records'])) return undefined;
    if (body['error'] !== undefined) return undefined;
    const results = asObjects(body['records']).map((record) => ({
      index: positionOf(record),
      score: asNumber(record['score']) ?? 0,
    }));
    return { results };
  },
};

function positionOf(record: JsonObject): number {
  const id = asString(record['id']) ?? '';
  if (POSITION.test(id)) return Number(id);
  throw new GatewayError('upstream_malformed', 'The upstream ranked a document that it was not sent.');
}
