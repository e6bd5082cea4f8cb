import type { Dialect } from '../dialect';
import { contentText, readMessages, requestFacts } from '../facts';
import { asObjects, asString } from '../json/read';
import { decodeAnswer, encodeAnswer } from './bedrock-converse/answer';
import { converseError, converseStreamError } from './bedrock-converse/error';
import { decodeRequest } from './bedrock-converse/request-decoder';
import { encodeRequest } from './bedrock-converse/request-encoder';
import { ConverseStreamDecoder } from './bedrock-converse/stream-decoder';
import { ConverseStreamEncoder } from './bedrock-converse/stream-encoder';

/**
 * Amazon Bedrock's Converse and ConverseStream, spoken by upstreams only:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const dialect = {
  id: 'bedrock.converse',
  paths: [],
  inspect: (body) =>
    requestFacts('bedrock.converse', body, readMessages(body), (message) => {
      const texts = asObjects(message['content']).map((block) => asString(block['text']) ?? '');
      return [{ role: asString(message['role']) ?? '', text: contentText(texts, new Set()) }];
    }),
  renderError: converseError,
  renderStreamError: converseStreamError,
  codec: {
    rawKeys: new Set(['input', 'json', 'schema']),
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    decodeRequest,
    encodeRequest,
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new ConverseStreamDecoder(),
    createStreamEncoder: () => new ConverseStreamEncoder(),
  },
} satisfies Dialect;
