import { pathFacts } from '../../wire';
import type { DialectId } from '../../wire/api';
import { GatewayError } from '../../wire/errors';
import type { Stage } from '../stage';

/** Where a conversation stands in the APIs that need one. */
const CONVERSATIONS: Readonly<Partial<Record<DialectId, string>>> = {
  'openai.chat': 'messages',
  'anthropic.messages': 'messages',
  'gemini.generate': 'contents',
  'cohere.chat': 'messages',
};

/** Checks the content type and reads the facts that routing needs; the body is parsed once, here. */
export const parseRequest: Stage = {
  name: 'parse-request',
  needs: ['dialect', 'body'],
  provides: ['request'],
  listeners: ['model', 'agent', 'prompt'],
  create: ({ wire }) =>
    async function parse(exchange) {
      const contentType = exchange.head.headers.get('content-type');
      if (contentType !== undefined && !isJson(contentType)) {
        throw new GatewayError(
          'unsupported_content_type',
          `The content type "${contentType.slice(0, 100)}" is not supported here.`,
        );
      }
      const encoding = exchange.head.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
      if (encoding !== '' && encoding !== 'identity') {
        throw new GatewayError('unsupported_content_type', `The body is compressed (${encoding.slice(0, 50)}).`, {
          hint: 'Send it without a content-encoding.',
        });
      }
      const body = exchange.get('body');
      if (body.length === 0) throw new GatewayError('missing_body', 'The request has no body.');
      const facts = await wire.inspect(exchange.get('dialect'), body);
      const conversation = CONVERSATIONS[facts.dialect];
      if (conversation !== undefined && facts.messageCount === 0) {
        throw new GatewayError('invalid_request', `The request has no ${conversation}.`, { param: conversation });
      }
      exchange.provide('request', { ...facts, ...pathFacts(exchange.head.path) });
      return undefined;
    },
};

/** application/json and the +json family (RFC 6839), any case, any parameters. */
function isJson(contentType: string): boolean {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  return type === '' || type === 'application/json' || type.endsWith('+json');
}
