import type { ResponseTranslator, TranslateResponseContext } from './api';
import { BufferedAnswer, ErrorAnswer, PassedAnswer } from './buffered-answer';
import { codecsBetween } from './dialect-registry';
import { StreamedAnswer } from './streamed-answer';

/**
 * Chooses how an upstream's answer becomes the caller's: an error keeps its status and changes its envelope, whatever
 * was asked for; otherwise the caller gets a stream when it asked for one and a JSON body when not, even if the
 * upstream did the opposite. Throws GatewayError `unsupported_translation`.
 */
export function createResponseTranslator(context: TranslateResponseContext): ResponseTranslator {
  if (context.client === context.upstream) return new PassedAnswer(context);
  codecsBetween(context.upstream, context.client);
  if (hasNoBody(context.status)) return new PassedAnswer(context);
  if (context.status < 200 || context.status > 299) return new ErrorAnswer(context);
  return context.stream ? new StreamedAnswer(context) : new BufferedAnswer(context);
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
