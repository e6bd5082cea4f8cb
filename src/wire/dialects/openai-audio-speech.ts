import type { Dialect } from '../dialect';
import { requestFacts } from '../facts';
import { asFilled } from '../json/read';
import { isOpenaiError, openaiError, openaiStreamError } from './openai-chat/error';

/** OpenAI text to speech, passed through: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const dialect = {
  id: 'openai.audio.speech',
  paths: ['/v1/audio/speech'],
  inspect: (body) => {
    const facts = requestFacts('openai.audio.speech', body, [asFilled(body['input']) ?? ''], (text) => [
      { role: 'user', text },
    ]);
    // This API asks for events by the form of the answer.
    return { ...facts, stream: facts.stream || body['stream_format'] === 'sse' };
  },
  renderError: openaiError,
  isOwnError: isOpenaiError,
  renderStreamError: openaiStreamError,
} satisfies Dialect;
