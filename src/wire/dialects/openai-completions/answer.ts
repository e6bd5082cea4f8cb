import { answerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import type { JsonObject } from '../../json/read';
import type { Answer, Choice, StopReason, TokenLogprob } from '../../message';
import { encodeStop as encodeChatStop, encodeUsage } from '../openai-chat/vocabulary';

/** A neutral answer as a text completion; only its text has a place there. */
export function encodeAnswer(answer: Answer, context: TranslateResponseContext): JsonObject {
  const identity = answerIdentity(answer, 'cmpl-', context);
  return {
    id: identity.id,
    object: 'text_completion',
    created: identity.createdSeconds,
    model: identity.model,
    choices: answer.choices.map((choice) => encodeChoice(choice, echoedPrompt(context))),
    ...(answer.usage === undefined ? {} : { usage: encodeUsage(answer.usage) }),
  };
}

function encodeChoice({ index, parts, stop, logprobs }: Choice, prompt: string): JsonObject {
  const texts = parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []));
  return {
    text: prompt + texts.join(''),
    index,
    logprobs: logprobs === undefined ? null : encodeLogprobs(logprobs, prompt.length),
    finish_reason: encodeStop(stop ?? 'end'),
  };
}

/** What `echo` puts before the answer; empty when it was not asked for. */
export function echoedPrompt({ remembered }: TranslateResponseContext): string {
  const echo = remembered?.['echo'];
  return typeof echo === 'string' ? echo : '';
}

/** This API has no tools. */
export function encodeStop(stop: StopReason): string {
  const word = encodeChatStop(stop);
  return word === 'tool_calls' ? 'stop' : word;
}

/** Parallel lists, with offsets into the text in characters. */
export function encodeLogprobs(tokens: readonly TokenLogprob[], offset: number): JsonObject {
  let at = offset;
  const textOffset = tokens.map(({ token }) => {
    const start = at;
    at += token.length;
    return start;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: textOffset,
  };
}
