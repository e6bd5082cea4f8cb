import { answerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';
import { effectiveStop, mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { BlockQueue, type BlockKind } from './block-queue';
import { anthropicStreamError } from './error';
import { encodeStop, encodeUsage } from './vocabulary';

/**
 * Neutral parts to a Messages stream: message_start, blocks one after the other with indices 0..n, one message_delta,
 * message_stop. The message_delta waits for the upstream's end, because usage may come after the finish reason.
 */
export class AnthropicStreamEncoder implements StreamEncoder {
  private started = false;
  private usage: Usage | undefined;
  private stop: StopReason | undefined;
  private stopSequence: string | undefined;
  private callsTools = false;
  private refuses = false;
  private readonly blocks = new BlockQueue();

  constructor(private readonly context: TranslateResponseContext) {}

  encode(part: StreamPart): readonly SseEvent[] {
    // Other choices have no place in this API.
    if ('choice' in part && part.choice !== 0) return [];
    switch (part.type) {
      case 'start':
        return this.start(part);
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'finish':
        this.stop = part.stop;
        this.stopSequence = part.stopSequence;
        return [...this.start(), ...this.blocks.closeAll().map(printEvent)];
      case 'error':
        return [anthropicStreamError(part.error)];
      case 'done':
        return this.finish();
      default:
        return [...this.start(), ...this.content(part).map(printEvent)];
    }
  }

  private content(part: ContentStreamPart): readonly JsonObject[] {
    switch (part.type) {
      case 'text':
        return this.blocks.append(kind('text', part.block), textDelta(part.text));
      case 'refusal':
        this.refuses = true;
        return this.blocks.append(kind('text', REFUSAL_BLOCK), textDelta(part.text));
      case 'reasoning':
        return this.blocks.append(kind('thinking', part.block), { type: 'thinking_delta', thinking: part.text });
      case 'reasoning-signature':
        return this.blocks.append(kind('thinking', part.block), { type: 'signature_delta', signature: part.signature });
      case 'redacted-reasoning':
        return this.blocks.whole({ type: 'redacted_thinking', data: part.data });
      case 'tool-call':
        this.callsTools = true;
        return this.blocks.openCall(part.call, { type: 'tool_use', id: part.id, name: part.name, input: {} });
      case 'tool-arguments':
        return this.blocks.appendArguments(part.call, part.text);
      case 'block-end':
        return this.blocks.end(part.block);
      case 'logprobs':
        return [];
    }
  }

  private start(upstream: { readonly id?: string; readonly model?: string } = {}): readonly SseEvent[] {
    if (this.started) return [];
    this.started = true;
    const { id, model } = answerIdentity(upstream, 'msg_', this.context);
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(this.usage),
    };
    return [printEvent({ type: 'message_start', message })];
  }

  private finish(): readonly SseEvent[] {
    const events = [...this.start(), ...this.blocks.closeAll().map(printEvent)];
    const stop = this.refuses ? 'refusal' : effectiveStop(this.stop, this.callsTools);
    const delta = { stop_reason: encodeStop(stop), stop_sequence: this.stopSequence ?? null };
    events.push(printEvent({ type: 'message_delta', delta, usage: encodeUsage(this.usage) }));
    events.push(printEvent({ type: 'message_stop' }));
    return events;
  }
}

type ContentStreamPart = Exclude<StreamPart, { readonly type: 'start' | 'usage' | 'finish' | 'error' | 'done' }>;

/** Refusal text has no block of its own upstream. */
const REFUSAL_BLOCK = -1;

function kind(type: BlockKind['type'], block: number): BlockKind {
  return { type, key: block };
}

function textDelta(text: string): JsonObject {
  return { type: 'text_delta', text };
}

/** The event name repeats the type. */
function printEvent(data: JsonObject): SseEvent {
  return { event: String(data['type']), data: JSON.stringify(data) };
}
