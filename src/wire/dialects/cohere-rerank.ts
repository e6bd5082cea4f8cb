import type { Dialect } from '../dialect';
import { requestFacts } from '../facts';
import { readDocuments, readQuery } from '../operations/ranking/cohere-rerank';
import { cohereError, isCohereError } from './cohere-chat/error';

/** Cohere rerank: https://docs.cohere.com/reference/rerank. Translated in `../operations`. */
export const dialect = {
  id: 'cohere.rerank',
  paths: ['/v2/rerank', '/v1/rerank', '/rerank', '/cohere/v2/rerank'],
  inspect: (body) => {
    readDocuments(body);
    return requestFacts('cohere.rerank', body, [readQuery(body)], (text) => [{ role: 'user', text }]);
  },
  renderError: cohereError,
  isOwnError: isCohereError,
  renderStreamError: (error) => ({ data: JSON.stringify(cohereError(error)) }),
} satisfies Dialect;
