import type { TranslateResponseContext } from '../../api';
import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';
import { effectiveStop, mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { cohereStreamError } from './error';
import { encodeStop, encodeUsage } from './vocabulary';

/** What has started and not ended. */
interface OpenBlock {
  readonly type: 'text' | 'thinking' | 'call';
  /** The neutral key. */
  readonly key: number;
  readonly index: number;
}

/** Neutral parts to stream events of Cohere's chat; one choice, one open block at a time. */
export class CohereStreamEncoder implements StreamEncoder {
  private started = false;
  private open: OpenBlock | undefined;
  private contents = 0;
  private readonly callIndexes = new Map<number, number>();
  private readonly callsWithArguments = new Set<number>();
  private usage: Usage | undefined;
  private stop: StopReason | undefined;

  constructor(private readonly context: TranslateResponseContext) {}

  encode(part: StreamPart): readonly SseEvent[] {
    if ('choice' in part && part.choice !== 0) return [];
    switch (part.type) {
      case 'start':
        return this.start(part.id);
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'finish':
        this.stop = part.stop;
        return [];
      case 'error':
        return [cohereStreamError(part.error)];
      case 'done':
        return this.finish();
      default:
        return [...this.start(undefined), ...this.content(part)];
    }
  }

  private content(part: ContentStreamPart): readonly SseEvent[] {
    switch (part.type) {
      case 'text':
        return this.piece('text', part.block, part.text);
      case 'refusal':
        return this.piece('text', REFUSAL_BLOCK, part.text);
      case 'reasoning':
        return this.piece('thinking', part.block, part.text);
      case 'tool-call':
        return this.startCall(part);
      case 'tool-arguments':
        return this.argumentsPiece(part.call, part.text);
      case 'block-end':
        return this.open?.key === part.block ? this.close() : [];
      case 'reasoning-signature':
      case 'redacted-reasoning':
      case 'logprobs':
        return [];
    }
  }

  private start(id: string | undefined): readonly SseEvent[] {
    if (this.started) return [];
    this.started = true;
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
    return [printEvent('message-start', { id: id ?? this.context.answerId ?? 'unnamed', delta: { message } })];
  }

  private piece(type: 'text' | 'thinking', key: number, text: string): readonly SseEvent[] {
    const events: SseEvent[] = [];
    if (this.open?.type !== type || this.open.key !== key) {
      events.push(...this.close());
      this.open = { type, key, index: this.contents };
      this.contents += 1;
      events.push(contentEvent('content-start', this.open.index, { type, [type]: '' }));
    }
    return [...events, contentEvent('content-delta', this.open.index, { [type]: text })];
  }

  private startCall(part: Extract<StreamPart, { type: 'tool-call' }>): readonly SseEvent[] {
    const events = this.close();
    const index = this.callIndexes.size;
    this.callIndexes.set(part.call, index);
    this.open = { type: 'call', key: part.call, index };
    const call = { id: part.id, type: 'function', function: { name: part.name, arguments: '' } };
    return [...events, callEvent('tool-call-start', index, call)];
  }

  /** Calls carry their index, so pieces of one that is not open any more still find it. */
  private argumentsPiece(call: number, text: string): readonly SseEvent[] {
    const index = this.callIndexes.get(call);
    if (text.trim() !== '') this.callsWithArguments.add(call);
    return index === undefined ? [] : [callEvent('tool-call-delta', index, { function: { arguments: text } })];
  }

  /** Arguments must concatenate to JSON; a call without any gets an empty object. */
  private close(): readonly SseEvent[] {
    const open = this.open;
    this.open = undefined;
    if (open === undefined) return [];
    if (open.type !== 'call') return [printEvent('content-end', { index: open.index })];
    const rest = this.callsWithArguments.has(open.key) ? [] : this.argumentsPiece(open.key, '{}');
    return [...rest, printEvent('tool-call-end', { index: open.index })];
  }

  private finish(): readonly SseEvent[] {
    const delta = {
      finish_reason: encodeStop(effectiveStop(this.stop, this.callIndexes.size > 0)),
      ...(this.usage === undefined ? {} : { usage: encodeUsage(this.usage) }),
    };
    return [...this.start(undefined), ...this.close(), printEvent('message-end', { delta })];
  }
}

type ContentStreamPart = Exclude<StreamPart, { readonly type: 'start' | 'usage' | 'finish' | 'error' | 'done' }>;

/** Refusal text has no block of its own upstream. */
const REFUSAL_BLOCK = -1;

function contentEvent(type: string, index: number, content: JsonObject): SseEvent {
  return printEvent(type, { index, delta: { message: { content } } });
}

function callEvent(type: string, index: number, call: JsonObject): SseEvent {
  return printEvent(type, { index, delta: { message: { tool_calls: call } } });
}

/** The event name repeats the type. */
function printEvent(type: string, data: JsonObject): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...data }) };
}
