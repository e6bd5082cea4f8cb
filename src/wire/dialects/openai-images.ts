import type { Dialect } from '../dialect';
import { requestFacts } from '../facts';
import { asFilled } from '../json/read';
import { isOpenaiError, openaiError, openaiStreamError } from './openai-chat/error';

/** OpenAI image generation, passed through: https://platform.openai.com/docs/api-reference/images */
export const dialect = {
  id: 'openai.images',
  paths: ['/v1/images/generations'],
  inspect: (body) => {
    return requestFacts('openai.images', body, [asFilled(body['prompt']) ?? ''], (text) => [{ role: 'user', text }]);
  },
  renderError: openaiError,
  isOwnError: isOpenaiError,
  renderStreamError: (error) => ({ event: 'error', ...openaiStreamError(error) }),
} satisfies Dialect;
