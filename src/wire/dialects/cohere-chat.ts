import type { Dialect } from '../dialect';
import { contentText, readMessages, requestFacts } from '../facts';
import { asString } from '../json/read';
import { decodeAnswer, encodeAnswer } from './cohere-chat/answer';
import { cohereError, cohereStreamError, isCohereError } from './cohere-chat/error';
import { decodeRequest } from './cohere-chat/request-decoder';
import { encodeRequest } from './cohere-chat/request-encoder';
import { CohereStreamDecoder } from './cohere-chat/stream-decoder';
import { CohereStreamEncoder } from './cohere-chat/stream-encoder';

const TEXT_PARTS: ReadonlySet<string> = new Set(['text']);

/** Cohere's chat, version 2: https://docs.cohere.com/reference/chat */
export const dialect = {
  id: 'cohere.chat',
  paths: ['/v2/chat'],
  inspect: (body) =>
    requestFacts('cohere.chat', body, readMessages(body), (message) => [
      { role: asString(message['role']) ?? '', text: contentText(message['content'], TEXT_PARTS) },
    ]),
  renderError: cohereError,
  isOwnError: isCohereError,
  renderStreamError: cohereStreamError,
  codec: {
    rawKeys: new Set(['parameters', 'json_schema', 'schema']),
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    decodeRequest,
    encodeRequest,
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new CohereStreamDecoder(),
    createStreamEncoder: (context) => new CohereStreamEncoder(context),
  },
} satisfies Dialect;
