import type { Dialect } from '../dialect';
import { readMessages, requestFacts, type FactMessage } from '../facts';
import type { JsonObject } from '../json/read';
import type { EmbeddingInput } from '../operations/embedding/embedding';
import { readInputs } from '../operations/embedding/openai-embeddings';
import { isOpenaiError, openaiError, openaiStreamError } from './openai-chat/error';

/** OpenAI embeddings: https://platform.openai.com/docs/api-reference/embeddings. Translated in `../operations`. */
export const dialect = {
  id: 'openai.embeddings',
  paths: ['/v1/embeddings'],
  inspect: (body) => requestFacts('openai.embeddings', body, inputsOf(body), textsOf),
  renderError: openaiError,
  isOwnError: isOpenaiError,
  renderStreamError: openaiStreamError,
} satisfies Dialect;

/** Some hosts embed a conversation instead (`messages`); that is theirs to check. */
function inputsOf(body: JsonObject): readonly EmbeddingInput[] {
  if (body['input'] !== undefined || body['messages'] === undefined) return readInputs(body['input']);
  readMessages(body);
  return [];
}

function textsOf(input: EmbeddingInput): readonly FactMessage[] {
  return input.kind === 'text' ? [{ role: 'user', text: input.text }] : [];
}
