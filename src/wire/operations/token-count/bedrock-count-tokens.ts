import { readMessages } from '../../facts';
import { asNumber, isObject } from '../../json/read';
import { memberText, setJsonMember } from '../../json/splice';
import type { DirectTranslation } from '../../upstream-api';
import { countTokensWith } from './token-count';

/** Geographies of inference profiles. Counting knows foundation models only, and one count holds everywhere. */
const PROFILE_PREFIX = /^(?:us-gov|us|eu|apac|global|jp|au|ca|sa|me|af)\./;

/** The invocation that is counted must be complete; how much it may answer does not change its input. */
const LEAST_MAX_TOKENS = 1;

/** Bedrock's CountTokens: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html */
export const bedrockCountTokens: DirectTranslation = countTokensWith((body) => {
  readMessages(body);
  return body;
}, 'inputTokens');

/** Id of the model behind a cross-region inference profile. */
export function foundationModel(model: string): string {
  const profile = /^arn:[^/]*:inference-profile\/(.+)$/.exec(model)?.[1] ?? model;
  return profile.replace(PROFILE_PREFIX, '');
}

/** Puts an InvokeModel body (already in Bedrock's form) into a counting request. */
export function countedInvocation(body: Buffer): Buffer {
  const complete =
    memberText(body, 'max_tokens') === undefined ? setJsonMember(body, 'max_tokens', String(maxTokensFor(body))) : body;
  return Buffer.from(JSON.stringify({ input: { invokeModel: { body: complete.toString('base64') } } }), 'utf8');
}

/** A thinking budget must be smaller than max_tokens. */
function maxTokensFor(body: Buffer): number {
  const text = memberText(body, 'thinking');
  const thinking: unknown = text === undefined ? undefined : JSON.parse(text);
  const budget = isObject(thinking) ? asNumber(thinking['budget_tokens']) : undefined;
  return budget === undefined ? LEAST_MAX_TOKENS : budget + 1;
}
