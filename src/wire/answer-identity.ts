import type { TranslateResponseContext } from './api';

/** What every chunk of an answer says about itself. */
export interface AnswerIdentity {
  readonly id: string;
  readonly model: string;
  readonly createdSeconds: number;
}

/**
 * Id, model and time of a translated answer. The upstream's id stays readable behind the client API's own prefix
 * (`chatcmpl-`, `msg_`), so that an answer can be found again in the vendor's console.
 */
export function answerIdentity(
  upstream: { readonly id?: string; readonly model?: string; readonly createdSeconds?: number },
  prefix: string,
  context: TranslateResponseContext,
): AnswerIdentity {
  const id = upstream.id ?? context.answerId ?? 'unnamed';
  return {
    id: id.startsWith(prefix) ? id : prefix + id,
    model: upstream.model ?? context.upstreamModel,
    createdSeconds: upstream.createdSeconds ?? context.createdSeconds ?? 0,
  };
}
