import { answerIdentity, type AnswerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';
import { mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { openaiStreamError } from '../openai-chat/error';
import { encodeUsage } from '../openai-chat/vocabulary';
import { echoedPrompt, encodeLogprobs, encodeStop } from './answer';

const DONE: SseEvent = { data: '[DONE]' };

interface ChoiceState {
  /** Length of the text so far, for the offsets of tokens. */
  length: number;
  isFinished: boolean;
}

/** Neutral parts to text completion chunks: text pieces, one finish_reason per choice, usage when asked for, `[DONE]`. */
export class CompletionsStreamEncoder implements StreamEncoder {
  private identity: AnswerIdentity | undefined;
  private usage: Usage | undefined;
  private readonly choices = new Map<number, ChoiceState>();

  constructor(private readonly context: TranslateResponseContext) {}

  encode(part: StreamPart): readonly SseEvent[] {
    switch (part.type) {
      case 'start':
        this.identity ??= answerIdentity(part, 'cmpl-', this.context);
        return [];
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'text':
      case 'refusal':
        return this.text(part.choice, part.text);
      case 'logprobs':
        return this.logprobs(part);
      case 'finish':
        return this.finish(part.choice, part.stop);
      case 'error':
        return [openaiStreamError(part.error)];
      case 'done':
        return this.done();
      default:
        return [];
    }
  }

  private text(index: number, text: string): readonly SseEvent[] {
    const { opening, state } = this.open(index);
    if (state.isFinished) return [];
    state.length += text.length;
    return [...opening, this.choice({ text, index, logprobs: null, finish_reason: null })];
  }

  private logprobs({ choice, tokens }: Extract<StreamPart, { type: 'logprobs' }>): readonly SseEvent[] {
    const { opening, state } = this.open(choice);
    const length = tokens.reduce((sum, { token }) => sum + token.length, 0);
    const logprobs = encodeLogprobs(tokens, Math.max(0, state.length - length));
    return [...opening, this.choice({ text: '', index: choice, logprobs, finish_reason: null })];
  }

  private open(index: number): { readonly opening: readonly SseEvent[]; readonly state: ChoiceState } {
    const known = this.choices.get(index);
    if (known !== undefined) return { opening: [], state: known };
    const prompt = echoedPrompt(this.context);
    const state = { length: prompt.length, isFinished: false };
    this.choices.set(index, state);
    const echo = this.choice({ text: prompt, index, logprobs: null, finish_reason: null });
    return { opening: prompt === '' ? [] : [echo], state };
  }

  private finish(index: number, stop: StopReason): readonly SseEvent[] {
    const { opening, state } = this.open(index);
    if (state.isFinished) return [];
    state.isFinished = true;
    return [...opening, this.choice({ text: '', index, logprobs: null, finish_reason: encodeStop(stop) })];
  }

  private done(): readonly SseEvent[] {
    const events = [...this.open(0).opening];
    for (const index of this.choices.keys()) events.push(...this.finish(index, 'end'));
    if (this.context.includeUsage && this.usage !== undefined) {
      events.push(this.chunk([], { usage: encodeUsage(this.usage) }));
    }
    return [...events, DONE];
  }

  private choice(choice: JsonObject): SseEvent {
    return this.chunk([choice]);
  }

  private chunk(choices: readonly JsonObject[], more: JsonObject = {}): SseEvent {
    this.identity ??= answerIdentity({}, 'cmpl-', this.context);
    const { id, createdSeconds, model } = this.identity;
    const chunk = { id, object: 'text_completion', created: createdSeconds, model, choices, ...more };
    return { data: JSON.stringify(chunk) };
  }
}
