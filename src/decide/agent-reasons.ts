/** Sentences that explain an agent decision to people: shown by the demo, in spans and in logs. They never quote a request. */
import { GatewayError } from '../wire/errors';

interface Scored {
  readonly name: string;
  readonly score: number;
}

export function onlyAgent(id: string): string {
  return `${id} is the only agent of this listener.`;
}

export function noUserText(fallbackId: string): string {
  return `The request holds no text of a user, so the default agent ${fallbackId} answers.`;
}

export function bestAgent(
  top: Scored,
  next: Scored | undefined,
  { sure, withPrevious }: { readonly sure: boolean; readonly withPrevious: boolean },
): string {
  const fit = sure ? 'fits the request best' : 'fits the request best, though not clearly';
  const context = withPrevious ? ', read together with the message before it' : '';
  const lead = next === undefined ? '' : `; next is ${scored(next)}`;
  return `${scored(top)} ${fit}${context}${lead}.`;
}

export function severalAgents(chosen: readonly Scored[]): string {
  return `Parts of the request fit different agents, in this order: ${chosen.map(scored).join(', then ')}.`;
}

export function belowThreshold(fallbackId: string, top: Scored | undefined, needed: number): string {
  const best = top === undefined ? '' : `: ${scored(top)} comes closest, ${needed.toFixed(2)} is needed`;
  return `No agent's description fits the request well enough${best}. The default agent ${fallbackId} answers.`;
}

export function encoderFailed(fallbackId: string, timedOut: boolean, error: unknown): string {
  const why = timedOut
    ? 'did not answer in time'
    : `failed (${error instanceof GatewayError ? error.code : 'internal'})`;
  return `The sentence encoder ${why}, so the default agent ${fallbackId} answers.`;
}

function scored({ name, score }: Scored): string {
  return `${name} (score ${score.toFixed(2)})`;
}
