import type { JsonObject } from '../../json/read';
import type { Message, Part } from '../../message';
import type { Warnings } from '../../warnings';
import type { CachePoints } from './cache-points';
import type { ContentEncoder } from './content-encoder';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: JsonObject[];
}

const DOCUMENT_TEXT = 'See the attached document.';

/** System text in front, wherever it stood; each block may have its cache point behind it. */
export function encodeSystem(messages: readonly Message[], cachePoints: CachePoints, warnings: Warnings): JsonObject[] {
  const firstOther = messages.findIndex((message) => message.role !== 'system');
  return messages.flatMap((message, index) => {
    if (message.role !== 'system') return [];
    if (firstOther !== -1 && index > firstOther) {
      warnings.add('System messages inside the conversation were moved to its front.');
    }
    return message.parts.flatMap((part) => encodeSystemPart(part, cachePoints));
  });
}

function encodeSystemPart(part: Part, cachePoints: CachePoints): readonly JsonObject[] {
  if (part.type !== 'text' || part.text.trim() === '') return [];
  return [{ text: part.text }, ...cachePoints.after(part.cache)];
}

/**
 * The rest of a conversation as turns that alternate between user and assistant, as the API demands: neighbours of one
 * role share a turn, tool results belong to the user's, and turns without content go.
 */
export function encodeTurns(
  messages: readonly Message[],
  encoder: ContentEncoder,
  warnings: Warnings,
): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const content = message.parts.flatMap((part) => encoder.encode(part));
    if (content.length === 0) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  trimLastTurn(turns);
  for (const turn of turns) addDocumentText(turn, warnings);
  return turns;
}

/** A prefilled answer that ends with whitespace is refused. */
function trimLastTurn(turns: readonly Turn[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || typeof block?.['text'] !== 'string') return;
  last.content[last.content.length - 1] = { ...block, text: block['text'].trimEnd() };
}

/** The API refuses a document that stands without text. */
function addDocumentText({ content }: Turn, warnings: Warnings): void {
  const hasDocument = content.some((block) => block['document'] !== undefined);
  if (!hasDocument || content.some((block) => block['text'] !== undefined)) return;
  content.push({ text: DOCUMENT_TEXT });
  warnings.add('A line of text was put beside a document, because the API refuses documents without text.');
}
