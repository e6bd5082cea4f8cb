import { defined } from '../../defined';
import { asFilled, asNumber, asObject, asObjects, type JsonObject } from '../../json/read';
import type { Answer, Choice, Part } from '../../message';
import { decodeLogprobs } from './logprobs';
import { member } from './member';
import { decodeModelPart } from './parts';
import { decodeStop, decodeUsage } from './vocabulary';

/** A complete generateContent answer. Undefined when the body is none. */
export function decodeAnswer(body: JsonObject): Answer | undefined {
  const feedback = asObject(member(body, 'promptFeedback'));
  const usage = decodeUsage(member(body, 'usageMetadata'));
  if (body['candidates'] === undefined && feedback === undefined && usage === undefined) return undefined;
  const id = asFilled(member(body, 'responseId'));
  const choices = asObjects(body['candidates']).map((candidate, position) => decodeChoice(candidate, position, id));
  return {
    ...answerHead(body),
    ...defined({ usage }),
    choices: choices.length > 0 ? choices : [emptyChoice(body)],
  };
}

/** What an answer, or a chunk of one, says about itself. */
export function answerHead(body: JsonObject): Pick<Answer, 'id' | 'model' | 'createdSeconds'> {
  const created = Date.parse(asFilled(member(body, 'createTime')) ?? '');
  return defined({
    id: asFilled(member(body, 'responseId')),
    model: asFilled(member(body, 'modelVersion')),
    createdSeconds: Number.isNaN(created) ? undefined : Math.floor(created / 1000),
  });
}

/** Whether the prompt was refused: then there are no candidates. */
export function isBlocked(body: JsonObject): boolean {
  return asFilled(member(asObject(member(body, 'promptFeedback')), 'blockReason')) !== undefined;
}

function emptyChoice(body: JsonObject): Choice {
  return { index: 0, parts: [], stop: isBlocked(body) ? 'content-filter' : 'end' };
}

function decodeChoice(candidate: JsonObject, position: number, answerId: string | undefined): Choice {
  const index = asNumber(candidate['index']) ?? position;
  const parts: Part[] = [];
  let calls = 0;
  for (const part of asObjects(asObject(candidate['content'])?.['parts'])) {
    const place = { answerId: callSeed(answerId, index), calls, followsThought: endsUnsigned(parts) };
    for (const next of decodeModelPart(part, place)) {
      addTo(parts, next);
      if (next.type === 'tool-call') calls += 1;
    }
  }
  return {
    index,
    parts,
    ...defined({
      stop: decodeStop(member(candidate, 'finishReason')),
      logprobs: decodeLogprobs(member(candidate, 'logprobsResult')),
    }),
  };
}

/** Calls of several candidates must not share ids. */
export function callSeed(answerId: string | undefined, choice: number): string | undefined {
  return answerId === undefined || choice === 0 ? answerId : `${choice}${answerId}`;
}

function endsUnsigned(parts: readonly Part[]): boolean {
  const last = parts.at(-1);
  return last?.type === 'reasoning' && last.signature === undefined;
}

/** Thoughts that follow each other are one, and a signature joins the thoughts before it. */
function addTo(parts: Part[], next: Part): void {
  const last = parts.at(-1);
  if (last?.type === 'reasoning' && next.type === 'reasoning' && last.signature === undefined) {
    parts[parts.length - 1] = { ...next, text: last.text + next.text };
  } else if (last?.type === 'text' && next.type === 'text') {
    parts[parts.length - 1] = { ...last, text: last.text + next.text };
  } else parts.push(next);
}
