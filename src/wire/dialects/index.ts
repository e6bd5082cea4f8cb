import type { DialectId } from '../api';
import type { Dialect } from '../dialect';
import { anthropicMessages } from './anthropic-messages';
import { openaiChat } from './openai-chat';
import { openaiResponses } from './openai-responses';

/** Every API that a client may call or an upstream may speak, one file each. */
export const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  'openai.chat': openaiChat,
  'openai.responses': openaiResponses,
  'anthropic.messages': anthropicMessages,
};

/** Dialect of a request path (without query); undefined for paths that are no API call. */
export function dialectForPath(path: string): DialectId | undefined {
  return Object.values(DIALECTS).find((dialect) => dialect.paths.includes(path))?.id;
}
