import { answerIdentity, type AnswerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import { printJson } from '../../json/raw';
import type { JsonObject } from '../../json/read';
import { mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { callPart, identityMembers, redactedPart, thoughtPart } from './answer-encoder';
import { geminiStreamError } from './error';
import { encodeLogprobs } from './logprobs';
import { encodeStop, encodeUsage } from './vocabulary';

interface OpenCall {
  readonly id: string;
  readonly name: string;
  argumentsText: string;
}

interface ChoiceState {
  /** Calls that are not sent yet, by upstream key: a call is one part here. */
  readonly calls: Map<number, OpenCall>;
  stop: StopReason | undefined;
  refuses: boolean;
}

type ContentStreamPart = Extract<StreamPart, { readonly choice: number }>;

/**
 * Neutral parts to chunks of streamGenerateContent: text and thoughts as they come, calls whole, and one last chunk with
 * the finish reasons and the usage, which may come after them.
 */
export class GeminiStreamEncoder implements StreamEncoder {
  private identity: AnswerIdentity | undefined;
  private usage: Usage | undefined;
  private readonly choices = new Map<number, ChoiceState>();

  constructor(private readonly context: TranslateResponseContext) {}

  encode(part: StreamPart): readonly SseEvent[] {
    switch (part.type) {
      case 'start':
        this.identity ??= answerIdentity(part, '', this.context);
        return [];
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'error':
        return [geminiStreamError(part.error)];
      case 'done':
        return this.finish();
      default: {
        const state = this.choice(part.choice);
        const candidates = this.content(part, state);
        return candidates.length === 0 ? [] : [this.chunk(candidates)];
      }
    }
  }

  /** Candidates of one chunk. */
  private content(part: ContentStreamPart, state: ChoiceState): readonly JsonObject[] {
    const { choice } = part;
    switch (part.type) {
      case 'text':
        return [candidate(choice, [{ text: part.text }])];
      case 'refusal':
        state.refuses = true;
        return [candidate(choice, [{ text: part.text }])];
      case 'reasoning':
        return [candidate(choice, [thoughtPart(part.text, undefined)])];
      case 'reasoning-signature':
        return [candidate(choice, [thoughtPart('', part.signature)])];
      case 'redacted-reasoning':
        return [candidate(choice, [redactedPart(part.data)])];
      case 'logprobs':
        return [{ ...candidate(choice, []), logprobsResult: encodeLogprobs(part.tokens) }];
      case 'tool-call':
        state.calls.set(part.call, { id: part.id, name: part.name, argumentsText: '' });
        return [];
      case 'tool-arguments': {
        const call = state.calls.get(part.call);
        if (call !== undefined) call.argumentsText += part.text;
        return [];
      }
      case 'block-end':
        return this.callsOf(choice, state, (key) => key === part.block);
      case 'finish':
        state.stop = part.stop;
        return this.callsOf(choice, state, () => true);
    }
  }

  private callsOf(choice: number, state: ChoiceState, isOver: (key: number) => boolean): readonly JsonObject[] {
    const over = [...state.calls].filter(([key]) => isOver(key));
    for (const [key] of over) state.calls.delete(key);
    if (over.length === 0) return [];
    return [
      candidate(
        choice,
        over.map(([, { id, name, argumentsText }]) => callPart(id, name, argumentsText)),
      ),
    ];
  }

  private finish(): readonly SseEvent[] {
    if (this.choices.size === 0) this.choice(0);
    const candidates = [...this.choices].map(([choice, state]) => {
      const calls = [...state.calls.values()].map(({ id, name, argumentsText }) => callPart(id, name, argumentsText));
      const finishReason = encodeStop(state.refuses ? 'refusal' : (state.stop ?? 'end'));
      return { ...candidate(choice, calls.length > 0 ? calls : [{ text: '' }]), finishReason };
    });
    const usage = this.usage === undefined ? {} : { usageMetadata: encodeUsage(this.usage) };
    return [this.chunk(candidates, usage)];
  }

  private choice(index: number): ChoiceState {
    const state = this.choices.get(index) ?? { calls: new Map(), stop: undefined, refuses: false };
    this.choices.set(index, state);
    return state;
  }

  private chunk(candidates: readonly JsonObject[], more: JsonObject = {}): SseEvent {
    this.identity ??= answerIdentity({}, '', this.context);
    return { data: printJson({ candidates, ...more, ...identityMembers(this.identity) }) };
  }
}

function candidate(index: number, parts: readonly JsonObject[]): JsonObject {
  return { content: { role: 'model', parts }, index };
}
