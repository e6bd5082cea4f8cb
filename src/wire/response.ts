import type { ResponseTranslator, TranslateResponseContext } from './api';
import { BufferedAnswer, DirectAnswer, ErrorAnswer, PassedAnswer } from './buffered-answer';
import { ReframedAnswer } from './reframed-answer';
import { StreamedAnswer } from './streamed-answer';
import { findUpstreamApi, translationBetween } from './upstream-registry';

/**
 * Chooses how an upstream's answer becomes the caller's: an error keeps its status and changes its envelope, whatever
 * was asked for; otherwise the caller gets a stream when it asked for one and a JSON body when not, even if the
 * upstream did the opposite. Throws GatewayError `unsupported_translation`.
 */
export function createResponseTranslator(context: TranslateResponseContext): ResponseTranslator {
  const api = findUpstreamApi(context.upstream, context.client);
  const translation = translationBetween(context.client, api);
  if (hasNoBody(context.status)) return new PassedAnswer(context);
  if (context.status < 200 || context.status > 299) return new ErrorAnswer(context, translation.kind === 'native');
  switch (translation.kind) {
    case 'native':
      return context.stream && api.framing !== undefined ? new ReframedAnswer(context) : new PassedAnswer(context);
    case 'direct':
      return new DirectAnswer(context, translation.direct);
    case 'codecs':
      return context.stream ? new StreamedAnswer(context, translation) : new BufferedAnswer(context, translation);
  }
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
