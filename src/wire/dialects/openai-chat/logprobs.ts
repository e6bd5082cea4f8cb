import { defined } from '../../defined';
import { asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { TokenLogprob } from '../../message';

/** `logprobs` of a choice or chunk: `{content: [{token, logprob, bytes, top_logprobs}], refusal}`. Undefined when there are none. */
export function decodeLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  const logprobs = asObject(value);
  const tokens = [...asObjects(logprobs?.['content']), ...asObjects(logprobs?.['refusal'])].flatMap((entry) => {
    const token = decodeToken(entry);
    return token === undefined
      ? []
      : [{ ...token, top: asObjects(entry['top_logprobs']).flatMap((other) => decodeToken(other) ?? []) }];
  });
  return tokens.length === 0 ? undefined : tokens;
}

/** Every member is present, as the API documents it. */
export function encodeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  const content = tokens.map((token) => ({ ...encodeToken(token), top_logprobs: token.top.map(encodeToken) }));
  return { content, refusal: null };
}

function decodeToken(entry: JsonObject): Omit<TokenLogprob, 'top'> | undefined {
  const token = asString(entry['token']);
  const logprob = asNumber(entry['logprob']);
  if (token === undefined || logprob === undefined) return undefined;
  const bytes = Array.isArray(entry['bytes'])
    ? asList(entry['bytes']).filter((byte) => typeof byte === 'number')
    : undefined;
  return { token, logprob, ...defined({ bytes }) };
}

function encodeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): JsonObject {
  return { token, logprob, bytes: bytes ?? null };
}
