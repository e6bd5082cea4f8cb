import { AnswerCollector } from './answer-collector';
import { formOf, StreamReader } from './answer-reader';
import { findDialect } from './dialect-registry';
import { parseAnswerBody } from './json/body';
import type { Answer } from './message';

/**
 * The assistant's text in a complete OpenAI chat answer, JSON or events; undefined when the body is neither. An answer
 * without text (tool calls only) is the empty string. `contentType` is not needed yet: the bytes decide.
 */
export function answerText(body: Buffer, _contentType: string | undefined): string | undefined {
  const answer = formOf(body) === 'json' ? readJson(body) : readEvents(body);
  const choice = answer?.choices[0];
  if (choice === undefined) return undefined;
  return choice.parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : [])).join('');
}

function readJson(body: Buffer): Answer | undefined {
  const parsed = parseAnswerBody(body);
  return parsed === undefined ? undefined : findDialect('openai.chat').codec?.decodeAnswer(parsed);
}

/** Agents are small programs: a stream that just stops after its text still said it. */
function readEvents(body: Buffer): Answer | undefined {
  const { codec } = findDialect('openai.chat');
  if (codec === undefined) return undefined;
  const reader = new StreamReader(codec, undefined);
  const collector = new AnswerCollector();
  for (const part of [...reader.push(body), ...reader.end(false)]) collector.add(part);
  return collector.answer();
}
