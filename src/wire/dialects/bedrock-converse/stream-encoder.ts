import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';
import { effectiveStop, mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { converseStreamError } from './error';
import { encodeStop, encodeUsage } from './vocabulary';

type ContentPart = Exclude<StreamPart, { readonly type: 'start' | 'usage' | 'finish' | 'error' | 'done' }>;

/** Neutral parts to ConverseStream events, as `{event: ':event-type', data}`; the binary framing is the caller's. */
export class ConverseStreamEncoder implements StreamEncoder {
  private isStarted = false;
  private blockCount = 0;
  /** Index of each open block, by kind and upstream key. */
  private readonly open = new Map<string, number>();
  private callsTools = false;
  private refuses = false;
  private stop: StopReason | undefined;
  private usage: Usage = {};

  encode(part: StreamPart): readonly SseEvent[] {
    if ('choice' in part && part.choice !== 0) return [];
    switch (part.type) {
      case 'start':
        return this.start();
      case 'usage':
        this.usage = mergeUsage(this.usage, part.usage);
        return [];
      case 'finish':
        this.stop = part.stop;
        return [...this.start(), ...this.closeAll()];
      case 'error':
        return [converseStreamError(part.error)];
      case 'done':
        return this.finish();
      default:
        return [...this.start(), ...this.content(part)];
    }
  }

  private content(part: ContentPart): readonly SseEvent[] {
    switch (part.type) {
      case 'text':
        return [this.delta(`text/${part.block}`, { text: part.text })];
      case 'refusal':
        this.refuses = true;
        return [this.delta('refusal', { text: part.text })];
      case 'reasoning':
        return [this.delta(`reasoning/${part.block}`, { reasoningContent: { text: part.text } })];
      case 'reasoning-signature':
        return [this.delta(`reasoning/${part.block}`, { reasoningContent: { signature: part.signature } })];
      case 'redacted-reasoning': {
        const delta = this.delta('redacted', { reasoningContent: { redactedContent: part.data } });
        return [delta, ...this.close('redacted')];
      }
      case 'tool-call': {
        this.callsTools = true;
        const contentBlockIndex = this.indexOf(`call/${part.call}`);
        return [
          event('contentBlockStart', {
            start: { toolUse: { toolUseId: part.id, name: part.name } },
            contentBlockIndex,
          }),
        ];
      }
      case 'tool-arguments':
        return [this.delta(`call/${part.call}`, { toolUse: { input: part.text } })];
      case 'block-end':
        return BLOCK_KINDS.flatMap((kind) => this.close(`${kind}/${part.block}`));
      case 'logprobs':
        return [];
    }
  }

  private delta(key: string, delta: JsonObject): SseEvent {
    return event('contentBlockDelta', { delta, contentBlockIndex: this.indexOf(key) });
  }

  private indexOf(key: string): number {
    const index = this.open.get(key) ?? this.blockCount++;
    this.open.set(key, index);
    return index;
  }

  private close(key: string): readonly SseEvent[] {
    const contentBlockIndex = this.open.get(key);
    this.open.delete(key);
    return contentBlockIndex === undefined ? [] : [event('contentBlockStop', { contentBlockIndex })];
  }

  private closeAll(): readonly SseEvent[] {
    return [...this.open.keys()].flatMap((key) => this.close(key));
  }

  private start(): readonly SseEvent[] {
    if (this.isStarted) return [];
    this.isStarted = true;
    return [event('messageStart', { role: 'assistant' })];
  }

  private finish(): readonly SseEvent[] {
    const stop = this.refuses ? 'refusal' : effectiveStop(this.stop, this.callsTools);
    return [
      ...this.start(),
      ...this.closeAll(),
      event('messageStop', { stopReason: encodeStop(stop) }),
      event('metadata', { usage: encodeUsage(this.usage) }),
    ];
  }
}

const BLOCK_KINDS = ['text', 'reasoning', 'call'] as const;

function event(name: string, data: JsonObject): SseEvent {
  return { event: name, data: JSON.stringify(data) };
}
