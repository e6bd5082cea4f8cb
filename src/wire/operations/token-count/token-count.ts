import { asNumber, type JsonObject } from '../../json/read';
import type { DirectTranslation } from '../../upstream-api';
import { connect, type OperationClient } from '../operation';

/*
 * Counting the tokens of a Messages request. Upstreams either take that request itself, wrapped, or the same
 * conversation in their own dialect; so the neutral question is the request as it came.
 */

export interface TokenCount {
  readonly inputTokens: number;
}

/** Clients of Anthropic's count_tokens: https://docs.anthropic.com/en/api/messages-count-tokens */
const anthropicCountTokens: OperationClient<JsonObject, TokenCount> = {
  decodeRequest: (body) => body,
  encodeAnswer: ({ inputTokens }) => ({ input_tokens: inputTokens }),
};

/** How a Messages request becomes an upstream's counting request, and the member of its answer that holds the count. */
export function countTokensWith(
  encodeRequest: Parameters<typeof connect<JsonObject, TokenCount>>[1]['encodeRequest'],
  member: string,
): DirectTranslation {
  return connect(anthropicCountTokens, {
    encodeRequest,
    decodeAnswer(body) {
      const inputTokens = asNumber(body[member]);
      return inputTokens === undefined ? undefined : { inputTokens };
    },
  });
}
