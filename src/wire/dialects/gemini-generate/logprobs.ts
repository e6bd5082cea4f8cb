import { asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { TokenLogprob } from '../../message';
import { member } from './member';

/** `logprobsResult`: the chosen tokens, and for every step the likeliest ones. Undefined when there are none. */
export function decodeLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  const result = asObject(value);
  const steps = asList(member(result, 'topCandidates'));
  const tokens = asObjects(member(result, 'chosenCandidates')).flatMap((chosen, step) => {
    const token = decodeToken(chosen);
    const others = asObjects(asObject(steps[step])?.['candidates']);
    return token === undefined ? [] : [{ ...token, top: others.flatMap((other) => decodeToken(other) ?? []) }];
  });
  return tokens.length === 0 ? undefined : tokens;
}

export function encodeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  return {
    chosenCandidates: tokens.map(encodeToken),
    topCandidates: tokens.map(({ top }) => ({ candidates: top.map(encodeToken) })),
  };
}

function decodeToken(candidate: JsonObject): Omit<TokenLogprob, 'top'> | undefined {
  const token = asString(candidate['token']);
  const logprob = asNumber(member(candidate, 'logProbability'));
  if (token === undefined || logprob === undefined) return undefined;
  return { token, logprob, bytes: [...Buffer.from(token, 'utf8')] };
}

function encodeToken({ token, logprob }: Omit<TokenLogprob, 'top'>): JsonObject {
  return { token, logProbability: logprob };
}
