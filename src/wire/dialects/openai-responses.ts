import type { Dialect } from '../dialect';
import { contentText, requestFacts, type FactMessage } from '../facts';
import { asString, type JsonObject } from '../json/read';
import { isOpenaiError, openaiError } from './openai-chat/error';
import { decodeAnswer, encodeAnswer } from './openai-responses/answer';
import { responsesStreamError } from './openai-responses/error';
import { remember } from './openai-responses/remembered';
import { decodeRequest, readInput } from './openai-responses/request-decoder';
import { encodeRequest } from './openai-responses/request-encoder';
import { ResponsesStreamDecoder } from './openai-responses/stream-decoder';
import { ResponsesStreamEncoder } from './openai-responses/stream-encoder';

const TEXT_PARTS: ReadonlySet<string> = new Set(['input_text', 'output_text', 'text', 'refusal']);

/** OpenAI Responses: https://platform.openai.com/docs/api-reference/responses */
export const dialect = {
  id: 'openai.responses',
  paths: ['/v1/responses'],
  inspect: (body) => {
    const items = readInput(body);
    const facts = requestFacts('openai.responses', body, withInstructions(body, items), textsOf);
    return { ...facts, messageCount: items.length };
  },
  renderError: openaiError,
  isOwnError: isOpenaiError,
  renderStreamError: responsesStreamError,
  codec: {
    readsProofsOf: 'openai',
    rawKeys: new Set(['parameters', 'schema', 'arguments']),
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    decodeRequest,
    encodeRequest,
    remember,
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new ResponsesStreamDecoder(),
    createStreamEncoder: (context) => new ResponsesStreamEncoder(context),
  },
} satisfies Dialect;

function withInstructions(body: JsonObject, items: readonly JsonObject[]): readonly JsonObject[] {
  const instructions = asString(body['instructions']);
  return instructions === undefined ? items : [{ role: 'system', content: instructions }, ...items];
}

function textsOf(item: JsonObject): readonly FactMessage[] {
  const type = asString(item['type']) ?? 'message';
  if (type === 'message') {
    const role = asString(item['role']) ?? 'user';
    return [{ role: role === 'developer' ? 'system' : role, text: contentText(item['content'], TEXT_PARTS) }];
  }
  if (!type.endsWith('_call_output')) return [];
  return [{ role: 'tool', text: contentText(item['output'], TEXT_PARTS) }];
}
