import { MAX_FACT_MESSAGES, MAX_FACT_TEXT, type DialectId, type RequestFacts } from './api';
import { GatewayError } from './errors';
import { asFilled, asObject, asString, isObject, type JsonObject } from './json/read';

/** One message as routing sees it. */
export type FactMessage = RequestFacts['conversation'][number];

/**
 * Facts that every dialect reads the same way. `textsOf` gives the texts of one message, oldest first; it is asked from
 * the last message backwards and no further than needed, so a long history costs nothing.
 */
export function requestFacts<M>(
  dialect: DialectId,
  body: JsonObject,
  messages: readonly M[],
  textsOf: (message: M) => readonly FactMessage[],
): RequestFacts {
  const model = readModel(body);
  return {
    dialect,
    ...(model === undefined ? {} : { model }),
    stream: body['stream'] === true,
    includeUsage: asObject(body['stream_options'])?.['include_usage'] === true,
    conversation: lastTexts(messages, textsOf),
    messageCount: messages.length,
  };
}

/**
 * The `messages` member, checked for its shape only: roles and parts that we do not know, and a list without messages,
 * are the upstream's business. A single part without a list around it, which some clients send, becomes a list.
 * Throws GatewayError `invalid_request` that names the place.
 */
export function readMessages(body: JsonObject): readonly JsonObject[] {
  const messages = body['messages'];
  if (messages === undefined || messages === null) throw invalid('messages', 'is missing');
  if (!Array.isArray(messages)) throw invalid('messages', 'must be an array of messages');
  return messages.map((message: unknown, index) => readMessage(message, `messages[${index}]`));
}

/** Text of a `content` member: a string, or its text parts (`types`) joined by newline. */
export function contentText(content: unknown, types: ReadonlySet<string>): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const texts = content.map((part: unknown) => {
    if (typeof part === 'string') return part;
    return isObject(part) && types.has(asString(part['type']) ?? '') ? (asString(part['text']) ?? '') : '';
  });
  return texts.filter((text) => text !== '').join('\n');
}

export function invalid(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param} ${what}.`, { param });
}

function readMessage(message: unknown, place: string): JsonObject {
  if (!isObject(message)) throw invalid(place, 'must be an object');
  if (asFilled(message['role']) === undefined) throw invalid(`${place}.role`, 'must be a string');
  const content = message['content'];
  if (isObject(content)) return { ...message, content: [content] };
  if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content)) {
    throw invalid(`${place}.content`, 'must be a string or an array of parts');
  }
  return message;
}

function readModel(body: JsonObject): string | undefined {
  const model = body['model'];
  if (model === undefined || model === null || model === '') return undefined;
  if (typeof model !== 'string') throw invalid('model', 'must be a string');
  return model;
}

function lastTexts<M>(messages: readonly M[], textsOf: (message: M) => readonly FactMessage[]): FactMessage[] {
  const newestFirst: FactMessage[] = [];
  for (let index = messages.length - 1; index >= 0 && newestFirst.length < MAX_FACT_MESSAGES; index -= 1) {
    const message = messages[index];
    if (message === undefined) continue;
    for (const { role, text } of [...textsOf(message)].reverse()) {
      if (text !== '') newestFirst.push({ role, text: clip(text) });
    }
  }
  return newestFirst.slice(0, MAX_FACT_MESSAGES).reverse();
}

function clip(text: string): string {
  if (text.length <= MAX_FACT_TEXT) return text;
  const endsInsidePair = /[\uD800-\uDBFF]/.test(text.charAt(MAX_FACT_TEXT - 1));
  return text.slice(0, endsInsidePair ? MAX_FACT_TEXT - 1 : MAX_FACT_TEXT);
}
