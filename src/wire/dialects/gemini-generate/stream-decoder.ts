import { defined } from '../../defined';
import type { StreamDecoder } from '../../dialect';
import { asFilled, asNumber, asObject, asObjects, type JsonObject } from '../../json/read';
import type { Part, StopReason } from '../../message';
import type { StreamPart } from '../../stream-part';
import { answerHead, callSeed, isBlocked } from './answer-decoder';
import { statusOfError } from './error';
import { decodeLogprobs } from './logprobs';
import { member } from './member';
import { decodeModelPart } from './parts';
import { decodeStop, decodeUsage } from './vocabulary';

interface ChoiceState {
  /** Number of the block that is open, and what it holds; every change of kind begins another one. */
  block: number;
  kind: 'none' | 'text' | 'thought' | 'other';
  calls: number;
  stop: StopReason | undefined;
}

/**
 * Chunks of streamGenerateContent to neutral parts. Each is an answer of its own whose usage counts from the beginning;
 * there is no terminal event, and some hosts repeat the finish reason on every chunk: it is told when the stream ends.
 */
export class GeminiStreamDecoder implements StreamDecoder {
  private started = false;
  private answerId: string | undefined;
  private readonly choices = new Map<number, ChoiceState>();

  decode({ data }: { readonly data: JsonObject }): readonly StreamPart[] {
    const error = data['error'];
    if (error !== undefined && error !== null) return [errorPart(error)];
    // Usage goes first: clients of Messages are told the prompt's tokens when the message starts.
    const usage = decodeUsage(member(data, 'usageMetadata'));
    const parts: StreamPart[] = usage === undefined ? [] : [{ type: 'usage', usage }];
    parts.push(...this.start(data));
    asObjects(data['candidates']).forEach((candidate, position) => {
      this.candidate(candidate, asNumber(candidate['index']) ?? position, parts);
    });
    if (isBlocked(data)) this.choice(0).stop ??= 'content-filter';
    return parts;
  }

  end(): readonly StreamPart[] {
    return [...this.choices].map(([choice, { stop }]) => ({ type: 'finish', choice, stop: stop ?? 'end' }));
  }

  private start(data: JsonObject): StreamPart[] {
    if (this.started) return [];
    this.started = true;
    const head = answerHead(data);
    this.answerId = head.id;
    return [{ type: 'start', ...head }];
  }

  /** Adds to `parts`, of which one event may hold very many. */
  private candidate(candidate: JsonObject, choice: number, parts: StreamPart[]): void {
    const state = this.choice(choice);
    for (const part of asObjects(asObject(candidate['content'])?.['parts'])) {
      const decoded = decodeModelPart(part, {
        answerId: callSeed(this.answerId, choice),
        calls: state.calls,
        followsThought: state.kind === 'thought',
      });
      for (const next of decoded) parts.push(...streamed(next, choice, state));
    }
    const tokens = decodeLogprobs(member(candidate, 'logprobsResult'));
    if (tokens !== undefined) parts.push({ type: 'logprobs', choice, tokens });
    state.stop = decodeStop(member(candidate, 'finishReason')) ?? state.stop;
  }

  private choice(index: number): ChoiceState {
    const state = this.choices.get(index) ?? { block: -1, kind: 'none', calls: 0, stop: undefined };
    this.choices.set(index, state);
    return state;
  }
}

function streamed(part: Part, choice: number, state: ChoiceState): readonly StreamPart[] {
  switch (part.type) {
    case 'text':
      enter('text', state);
      return [{ type: 'text', choice, block: state.block, text: part.text }];
    case 'reasoning':
      return thought(part, choice, state);
    case 'tool-call': {
      enter('other', state);
      const call = state.block;
      const { id, name, signature } = part;
      state.calls += 1;
      return [
        { type: 'tool-call', choice, call, id, name, ...defined({ signature }) },
        { type: 'tool-arguments', choice, call, text: part.argumentsText },
        { type: 'block-end', choice, block: call },
      ];
    }
    default:
      return [];
  }
}

/** A signature ends the thoughts it belongs to. */
function thought(
  { text, signature }: Extract<Part, { type: 'reasoning' }>,
  choice: number,
  state: ChoiceState,
): readonly StreamPart[] {
  enter('thought', state);
  const { block } = state;
  const parts: StreamPart[] = text === '' ? [] : [{ type: 'reasoning', choice, block, text }];
  if (signature === undefined) return parts;
  state.kind = 'none';
  return [...parts, { type: 'reasoning-signature', choice, block, signature }];
}

function enter(kind: ChoiceState['kind'], state: ChoiceState): void {
  if (kind !== state.kind || kind === 'other') state.block += 1;
  state.kind = kind;
}

function errorPart(value: unknown): StreamPart {
  const error = asObject(value) ?? {};
  const message = asFilled(error['message']) ?? asFilled(value) ?? 'The upstream reported an error without a message.';
  return {
    type: 'error',
    error: { status: statusOfError(error), message, ...defined({ type: asFilled(error['status']) }) },
  };
}
