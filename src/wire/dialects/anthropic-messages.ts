import type { Dialect } from '../dialect';
import { contentText, readMessages, requestFacts, type FactMessage } from '../facts';
import { asObjects, asString, type JsonObject } from '../json/read';
import { decodeAnswer, encodeAnswer } from './anthropic-messages/answer';
import { anthropicError, anthropicStreamError, isAnthropicError } from './anthropic-messages/error';
import { decodeRequest } from './anthropic-messages/request-decoder';
import { encodeRequest } from './anthropic-messages/request-encoder';
import { AnthropicStreamDecoder } from './anthropic-messages/stream-decoder';
import { AnthropicStreamEncoder } from './anthropic-messages/stream-encoder';

const TEXT_BLOCKS: ReadonlySet<string> = new Set(['text']);

/** Anthropic Messages: https://docs.anthropic.com/en/api/messages */
export const dialect = {
  id: 'anthropic.messages',
  paths: ['/v1/messages'],
  inspect: (body) => {
    const messages = readMessages(body);
    const facts = requestFacts('anthropic.messages', body, withSystem(body, messages), textsOf);
    return { ...facts, messageCount: messages.length };
  },
  renderError: anthropicError,
  isOwnError: isAnthropicError,
  renderStreamError: anthropicStreamError,
  codec: {
    rawKeys: new Set(['input', 'input_schema', 'schema']),
    toolName: /^[a-zA-Z0-9_-]{1,128}$/,
    decodeRequest,
    encodeRequest,
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new AnthropicStreamDecoder(),
    createStreamEncoder: (context) => new AnthropicStreamEncoder(context),
  },
} satisfies Dialect;

function withSystem(body: JsonObject, messages: readonly JsonObject[]): readonly JsonObject[] {
  const system = body['system'];
  return system === undefined || system === null ? messages : [{ role: 'system', content: system }, ...messages];
}

/** Tool results travel inside user turns here; they are told apart, results first, as the turn's text comments on them. */
function textsOf(message: JsonObject): readonly FactMessage[] {
  const content = message['content'];
  const results = asObjects(content)
    .filter((block) => block['type'] === 'tool_result')
    .map((block) => ({ role: 'tool', text: contentText(block['content'], TEXT_BLOCKS) }));
  return [...results, { role: asString(message['role']) ?? '', text: contentText(content, TEXT_BLOCKS) }];
}
