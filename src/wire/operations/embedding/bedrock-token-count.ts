import type { HeaderMap } from '../../api';
import { asNumber } from '../../json/read';

/** Bedrock counts input in a header, for models whose own answer has no count. */
export function countedInputTokens(headers: HeaderMap = {}): number | undefined {
  const text = headers['x-amzn-bedrock-input-token-count']?.trim() ?? '';
  return text === '' ? undefined : asNumber(Number(text));
}
