import { defined } from '../../defined';
import { invalid } from '../../facts';
import { asFilled, isObject, type JsonObject } from '../../json/read';
import type { RankedDocument, RankingClient, RankingRequest } from './ranking';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'query',
  'documents',
  'top_n',
  'max_tokens_per_doc',
  // Decides how a request queues, not what it answers.
  'priority',
]);

/** Clients of Cohere's rerank: https://docs.cohere.com/reference/rerank */
export const cohereRerank: RankingClient = {
  decodeRequest(body, warnings): RankingRequest {
    for (const [field, value] of Object.entries(body)) {
      if (value !== null && value !== false && !KNOWN_FIELDS.has(field)) warnings.dropped(field);
    }
    return {
      query: readQuery(body),
      documents: readDocuments(body).map(readDocument),
      ...defined({
        limit: readCount(body, 'top_n'),
        tokensPerDocument: readCount(body, 'max_tokens_per_doc'),
      }),
    };
  },

  encodeAnswer({ results }, { answerId }): JsonObject {
    return {
      ...defined({ id: answerId }),
      results: results.map(({ index, score }) => ({ index, relevance_score: score })),
      meta: { api_version: { version: '2' } },
    };
  },
};

/** Throws GatewayError `invalid_request`. */
export function readQuery(body: JsonObject): string {
  const query = asFilled(body['query']);
  if (query === undefined) throw invalid('query', 'must be a text');
  return query;
}

/** The list, its entries unread. Throws GatewayError `invalid_request`. */
export function readDocuments(body: JsonObject): readonly unknown[] {
  const documents = body['documents'];
  if (documents === undefined || documents === null) throw invalid('documents', 'is missing');
  if (!Array.isArray(documents)) throw invalid('documents', 'must be a list of texts');
  if (documents.length === 0) throw invalid('documents', 'must hold at least one document');
  return documents;
}

/** A text, or the object of the API's first version. */
function readDocument(document: unknown, index: number): RankedDocument {
  if (typeof document === 'string') return { text: document };
  const text = isObject(document) ? document['text'] : undefined;
  if (!isObject(document) || typeof text !== 'string') {
    throw invalid(`documents[${index}]`, 'must be a text or an object with a text');
  }
  return { text, ...defined({ title: asFilled(document['title']) }) };
}

function readCount(body: JsonObject, name: string): number | undefined {
  const count = body[name];
  if (count === undefined || count === null) return undefined;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    throw invalid(name, 'must be a whole number above 0');
  }
  return count;
}
