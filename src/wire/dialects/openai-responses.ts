import type { Dialect } from '../dialect';
import { contentText, invalid, requestFacts, type FactMessage } from '../facts';
import { asString, isObject, type JsonObject } from '../json/read';
import { openaiError } from './openai-chat/error';

const TEXT_PARTS: ReadonlySet<string> = new Set(['input_text', 'output_text', 'text', 'refusal']);

/** OpenAI Responses, pass-through only: https://platform.openai.com/docs/api-reference/responses */
export const dialect = {
  id: 'openai.responses',
  paths: ['/v1/responses'],
  inspect: (body) => {
    const items = readInput(body);
    const facts = requestFacts('openai.responses', body, withInstructions(body, items), textsOf);
    return { ...facts, messageCount: items.length };
  },
  renderError: openaiError,
  // The API's own `error` event is flat: {type, code, message, param}.
  renderStreamError: (error) => ({
    event: 'error',
    data: JSON.stringify({
      type: 'error',
      code: error.code ?? error.type ?? null,
      message: error.message,
      param: error.param ?? null,
    }),
  }),
} satisfies Dialect;

/** `input` may be absent when a stored prompt or conversation gives it. */
function readInput(body: JsonObject): readonly JsonObject[] {
  const input = body['input'];
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  if (input === undefined || input === null) {
    if (['prompt', 'previous_response_id', 'conversation'].some((key) => body[key] != null)) return [];
    throw invalid('input', 'is missing');
  }
  if (!Array.isArray(input)) throw invalid('input', 'must be a string or an array of items');
  if (input.length === 0) throw invalid('input', 'must hold at least one item');
  return input.map((item: unknown, index) => {
    if (!isObject(item)) throw invalid(`input[${index}]`, 'must be an object');
    return item;
  });
}

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
