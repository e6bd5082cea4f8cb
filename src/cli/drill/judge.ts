import { CALLER_KEY } from './drill-plan';
import type { DrillCandidate, DrillChain } from './chains';
import type { Failure } from './failures';
import type { DrillOutcome, DrillResult } from './report';
import { answerText } from './stand-in';

/** Beyond every time limit of the drill's Plan. */
const PATIENCE_MS = 30_000;

export interface Trial {
  readonly chain: DrillChain;
  readonly failure: Failure;
  /** How many places fail, from the first on; 0: all is well. */
  readonly count: number;
  readonly url: string;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number | null;
  /** As x-outerloop-model tells it; several keys of a model look alike there. */
  readonly model: string | null;
  readonly text: string;
  readonly problem?: string;
}

/** Asks for the chain's name and compares who answered with who should have. */
export async function judge(trial: Trial): Promise<DrillResult> {
  const { chain, failure, count } = trial;
  const failing = chain.places.slice(0, count).map((place) => place.map(({ name }) => name).join(' or '));
  const base = { chain: chain.name, failure: failure.id, failing };
  const skipped = skippedOutcome(trial);
  if (skipped !== undefined) return { ...base, outcome: skipped, answeredBy: null, status: null, milliseconds: 0 };
  const started = performance.now();
  const answer = await ask(trial);
  const problem = problemWith(answer, trial);
  const wanted: DrillOutcome = count < chain.places.length ? 'survived' : 'told';
  return {
    ...base,
    outcome: problem === undefined ? wanted : 'failed',
    answeredBy: answererOf(answer, trial)?.name ?? answer.model,
    status: answer.status,
    milliseconds: Math.round(performance.now() - started),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What need not be tried: the policy says that the failure ends the request. */
function skippedOutcome({ chain, failure, count }: Trial): DrillOutcome | undefined {
  if (count === 0) return undefined;
  if (!failure.leadsOn(chain.policy)) return 'not asked for';
  return count >= chain.attempts && chain.attempts < chain.places.length ? 'no attempt left' : undefined;
}

async function ask({ chain, failure, url, signal }: Trial): Promise<Answer> {
  let model: string | null = null;
  let status: number | null = null;
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${CALLER_KEY}` },
      body: JSON.stringify({
        model: chain.name,
        stream: failure.stream,
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Who is there?' }],
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    status = response.status;
    model = response.headers.get('x-outerloop-model');
    return { status, model, text: await response.text() };
  } catch (reason) {
    signal.throwIfAborted();
    return { status, model, text: '', problem: reason instanceof Error ? reason.message : String(reason) };
  }
}

function problemWith(answer: Answer, { chain, failure, count }: Trial): string | undefined {
  const expected = chain.places[count];
  // Everybody failed: any end will do that tells the caller so.
  if (expected === undefined) return looksGood(answer, failure) ? 'a good answer came from nobody' : undefined;
  if (answer.problem !== undefined) return answer.problem;
  if (answer.status !== 200) return `status ${answer.status}: ${answer.text.slice(0, 200)}`;
  const answerer = answererOf(answer, { chain, failure });
  if (answerer === undefined || !expected.includes(answerer)) {
    return `the answer is not that of ${expected.map(({ name }) => name).join(' or ')}`;
  }
  return looksGood(answer, failure) ? undefined : 'the answer is not complete';
}

/** By what it says and by what the gateway says about it. */
function answererOf(answer: Answer, { chain, failure }: Pick<Trial, 'chain' | 'failure'>): DrillCandidate | undefined {
  const text = spoken(answer, failure);
  return chain.places
    .flat()
    .find((candidate) => candidate.publicName === answer.model && text === answerText(candidate));
}

function looksGood({ status, text }: Answer, failure: Failure): boolean {
  const complete = failure.stream ? text.trimEnd().endsWith('data: [DONE]') : text.trimEnd().endsWith('}');
  return status === 200 && complete && !text.includes('"error"');
}

/** The text of the answer, of a stream too. */
function spoken({ text }: Answer, failure: Failure): string {
  const pieces = text.matchAll(failure.stream ? /"content":"((?:[^"\\]|\\.)*)"/g : /"content":\s*"((?:[^"\\]|\\.)*)"/g);
  return [...pieces].map(([, piece]) => JSON.parse(`"${piece ?? ''}"`) as string).join('');
}
