import type { Dialect } from '../dialect';
import { contentText, readMessages, requestFacts, type FactMessage } from '../facts';
import { asString, type JsonObject } from '../json/read';
import { decodeAnswer, encodeAnswer } from './openai-chat/answer';
import { isOpenaiError, openaiError, openaiStreamError } from './openai-chat/error';
import { decodeRequest } from './openai-chat/request-decoder';
import { encodeRequest } from './openai-chat/request-encoder';
import { ChatStreamDecoder } from './openai-chat/stream-decoder';
import { ChatStreamEncoder } from './openai-chat/stream-encoder';

const TEXT_PARTS: ReadonlySet<string> = new Set(['text', 'input_text', 'output_text', 'refusal']);

/** OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat */
export const dialect = {
  id: 'openai.chat',
  paths: ['/v1/chat/completions'],
  inspect: (body) => requestFacts('openai.chat', body, readMessages(body), textsOf),
  renderError: openaiError,
  isOwnError: isOpenaiError,
  renderStreamError: openaiStreamError,
  codec: {
    rawKeys: new Set(['parameters', 'schema', 'arguments']),
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    decodeRequest,
    encodeRequest,
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new ChatStreamDecoder(),
    createStreamEncoder: (context) => new ChatStreamEncoder(context),
  },
} satisfies Dialect;

function textsOf(message: JsonObject): readonly FactMessage[] {
  return [{ role: roleOf(asString(message['role']) ?? ''), text: contentText(message['content'], TEXT_PARTS) }];
}

function roleOf(role: string): string {
  if (role === 'developer') return 'system';
  return role === 'function' ? 'tool' : role;
}
