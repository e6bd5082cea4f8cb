import type { Dialect } from '../dialect';
import { readMessages, requestFacts, type FactMessage } from '../facts';
import { contentText } from '../facts';
import { asString, type JsonObject } from '../json/read';
import { openaiError, openaiStreamError } from './openai/error';

const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal']);

/** OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat */
export const openaiChat: Dialect = {
  id: 'openai.chat',
  paths: ['/v1/chat/completions'],
  inspect: (body) => requestFacts('openai.chat', body, readMessages(body), textsOf),
  renderError: openaiError,
  renderStreamError: openaiStreamError,
};

function textsOf(message: JsonObject): readonly FactMessage[] {
  return [{ role: roleOf(asString(message['role']) ?? ''), text: contentText(message['content'], TEXT_PARTS) }];
}

function roleOf(role: string): string {
  if (role === 'developer') return 'system';
  return role === 'function' ? 'tool' : role;
}
