import { answerIdentity, type AnswerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';
import { effectiveStop, mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { callExtras, redactedBlock, thinkingBlock } from './answer';
import { openaiStreamError } from './error';
import { encodeLogprobs } from './logprobs';
import { encodeStop, encodeUsage } from './vocabulary';

interface CallState {
  /** Position among the calls of its choice, independent of upstream block numbers. */
  readonly index: number;
  hasArguments: boolean;
}

interface ChoiceState {
  readonly calls: Map<number, CallState>;
  readonly thinking: Map<number, string>;
  isFinished: boolean;
}

const DONE: SseEvent = { data: '[DONE]' };

/**
 * Neutral parts to chat completion chunks: role once, calls indexed from 0, one finish_reason per choice, usage in a
 * chunk of its own when it was asked for, `[DONE]` last and only after success.
 */
export class ChatStreamEncoder implements StreamEncoder {
  private identity: AnswerIdentity | undefined;
  private usage: Usage | undefined;
  private readonly choices = new Map<number, ChoiceState>();

  constructor(private readonly context: TranslateResponseContext) {}

  encode(part: StreamPart): readonly SseEvent[] {
    switch (part.type) {
      case 'start':
        this.identity ??= answerIdentity(part, 'chatcmpl-', this.context);
        return this.openChoice(0);
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'error':
        return [openaiStreamError(part.error)];
      case 'done':
        return this.finish();
      default: {
        const opening = this.openChoice(part.choice);
        const state = this.choices.get(part.choice);
        if (state === undefined || state.isFinished) return opening;
        return [...opening, ...this.content(part, state)];
      }
    }
  }

  private content(part: ContentStreamPart, state: ChoiceState): readonly SseEvent[] {
    const { choice } = part;
    switch (part.type) {
      case 'text':
        return [this.delta(choice, { content: part.text })];
      case 'refusal':
        return [this.delta(choice, { refusal: part.text })];
      case 'reasoning':
        state.thinking.set(part.block, (state.thinking.get(part.block) ?? '') + part.text);
        return [this.delta(choice, { reasoning_content: part.text })];
      case 'reasoning-signature': {
        const thinking = state.thinking.get(part.block) ?? '';
        return [this.delta(choice, { thinking_blocks: [thinkingBlock(thinking, part.signature)] })];
      }
      case 'redacted-reasoning':
        return [this.delta(choice, { thinking_blocks: [redactedBlock(part.data)] })];
      case 'logprobs':
        return [this.chunk([{ index: choice, delta: {}, logprobs: encodeLogprobs(part.tokens), finish_reason: null }])];
      case 'tool-call':
        return this.openCall(part, state);
      case 'tool-arguments':
        return this.argumentsDelta(choice, state.calls.get(part.call), part.text);
      case 'block-end':
        return this.closeCall(choice, state.calls.get(part.block));
      case 'finish':
        return this.finishChoice(choice, state, part.stop);
    }
  }

  private openChoice(choice: number): readonly SseEvent[] {
    if (this.choices.has(choice)) return [];
    this.choices.set(choice, { calls: new Map(), thinking: new Map(), isFinished: false });
    return [this.delta(choice, { role: 'assistant', content: '' })];
  }

  private openCall(part: Extract<StreamPart, { type: 'tool-call' }>, state: ChoiceState): readonly SseEvent[] {
    const call = { index: state.calls.size, hasArguments: false };
    state.calls.set(part.call, call);
    const definition = { name: part.name, arguments: '' };
    const delta = { index: call.index, id: part.id, type: 'function', function: definition, ...callExtras(part) };
    return [this.delta(part.choice, { tool_calls: [delta] })];
  }

  private argumentsDelta(choice: number, call: CallState | undefined, text: string): readonly SseEvent[] {
    if (call === undefined) return [];
    if (text.trim() !== '') call.hasArguments = true;
    return [this.delta(choice, { tool_calls: [{ index: call.index, function: { arguments: text } }] })];
  }

  /** Arguments must concatenate to JSON; a call without any gets an empty object. */
  private closeCall(choice: number, call: CallState | undefined): readonly SseEvent[] {
    return call === undefined || call.hasArguments ? [] : this.argumentsDelta(choice, call, '{}');
  }

  private finishChoice(choice: number, state: ChoiceState, stop: StopReason | undefined): readonly SseEvent[] {
    const closing = [...state.calls.values()].flatMap((call) => this.closeCall(choice, call));
    state.isFinished = true;
    const reason = encodeStop(effectiveStop(stop, state.calls.size > 0));
    return [...closing, this.chunk([{ index: choice, delta: {}, logprobs: null, finish_reason: reason }])];
  }

  private finish(): readonly SseEvent[] {
    const events = [...this.openChoice(0)];
    for (const [choice, state] of this.choices) {
      if (!state.isFinished) events.push(...this.finishChoice(choice, state, undefined));
    }
    if (this.context.includeUsage && this.usage !== undefined) {
      events.push(this.chunk([], { usage: encodeUsage(this.usage) }));
    }
    return [...events, DONE];
  }

  private delta(choice: number, delta: JsonObject): SseEvent {
    return this.chunk([{ index: choice, delta, logprobs: null, finish_reason: null }]);
  }

  private chunk(choices: readonly JsonObject[], more: JsonObject = {}): SseEvent {
    this.identity ??= answerIdentity({}, 'chatcmpl-', this.context);
    const { id, createdSeconds, model } = this.identity;
    const chunk = { id, object: 'chat.completion.chunk', created: createdSeconds, model, choices, ...more };
    return { data: JSON.stringify(chunk) };
  }
}

type ContentStreamPart = Exclude<StreamPart, { readonly type: 'start' | 'usage' | 'error' | 'done' }>;
