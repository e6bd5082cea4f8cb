import type { Dialect } from '../dialect';
import { GatewayError } from '../errors';
import { requestFacts } from '../facts';
import { decodeAnswer } from './openai-chat/answer';
import { isOpenaiError, openaiError, openaiStreamError } from './openai-chat/error';
import { ChatStreamDecoder } from './openai-chat/stream-decoder';
import { encodeAnswer } from './openai-completions/answer';
import { decodeRequest, promptTexts, remember } from './openai-completions/request-decoder';
import { CompletionsStreamEncoder } from './openai-completions/stream-encoder';

/**
 * OpenAI's first API, completions of a text: https://platform.openai.com/docs/api-reference/completions. Clients may call
 * it whatever the upstream speaks; a conversation is never flattened into it.
 */
export const dialect = {
  id: 'openai.completions',
  paths: ['/v1/completions'],
  inspect: (body) =>
    requestFacts('openai.completions', body, promptTexts(body['prompt']), (text) => [{ role: 'user', text }]),
  renderError: openaiError,
  isOwnError: isOpenaiError,
  renderStreamError: openaiStreamError,
  codec: {
    rawKeys: new Set(),
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    decodeRequest,
    encodeRequest() {
      throw new GatewayError('unsupported_translation', 'A conversation cannot be put into a text completion.');
    },
    remember,
    // Both differ from chat completions by one member, `text`, which hosts of chat completions use too.
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new ChatStreamDecoder(),
    createStreamEncoder: (context) => new CompletionsStreamEncoder(context),
  },
} satisfies Dialect;
