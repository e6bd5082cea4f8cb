import type { Dialect } from '../dialect';
import { dialect as messages } from './anthropic-messages';

/** Anthropic's token count of a Messages request: https://docs.anthropic.com/en/api/messages-count-tokens. Translated in `../operations`. */
export const dialect = {
  id: 'anthropic.count_tokens',
  paths: ['/v1/messages/count_tokens'],
  inspect: (body) => ({ ...messages.inspect(body), dialect: 'anthropic.count_tokens' }),
  renderError: messages.renderError,
  isOwnError: messages.isOwnError,
  renderStreamError: messages.renderStreamError,
} satisfies Dialect;
