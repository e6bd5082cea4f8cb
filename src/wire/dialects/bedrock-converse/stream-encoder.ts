import type { StreamEncoder } from '../../dialect';
import type { SseEvent } from '../../framing/sse';
import type { JsonObject } from '../../json/read';
import { effectiveStop, mergeUsage, type StopReason, type Usage } from '../../message';
import type { StreamPart } from '../../stream-part';
import { converseStreamError } from './error';
import { encodeStop, encodeUsage } from './vocabulary';

type ContentPart = Exclude<StreamPart, { readonly type: 'start' | 'usage' | 'finish' | 'error' | 'done' }>;

/**
 * Neutral parts to ConverseStream events, as `{event: ':event-type', data}`; the binary framing is the caller's.
 * Blocks follow each other: a piece of another block closes the one before it.
 */
export class ConverseStreamEncoder implements StreamEncoder {
  private isStarted = false;
  private index = -1;
  private openKey: string | undefined;
  private callsTools = false;
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
        return [...this.start(), ...this.close()];
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
        return this.delta(`text/${part.block}`, { text: part.text });
      case 'refusal':
        return this.delta('refusal', { text: part.text });
      case 'reasoning':
        return this.delta(`reasoning/${part.block}`, { reasoningContent: { text: part.text } });
      case 'reasoning-signature':
        return this.delta(`reasoning/${part.block}`, { reasoningContent: { signature: part.signature } });
      case 'redacted-reasoning':
        return [...this.delta('redacted', { reasoningContent: { redactedContent: part.data } }), ...this.close()];
      case 'tool-call': {
        this.callsTools = true;
        const opening = this.open(`call/${part.call}`);
        const start = { toolUse: { toolUseId: part.id, name: part.name } };
        return [...opening, event('contentBlockStart', { start, contentBlockIndex: this.index })];
      }
      case 'tool-arguments':
        return this.delta(`call/${part.call}`, { toolUse: { input: part.text } });
      case 'block-end':
        return this.close();
      case 'logprobs':
        return [];
    }
  }

  private delta(key: string, delta: JsonObject): readonly SseEvent[] {
    return [...this.open(key), event('contentBlockDelta', { delta, contentBlockIndex: this.index })];
  }

  private open(key: string): readonly SseEvent[] {
    if (this.openKey === key) return [];
    const closing = this.close();
    this.openKey = key;
    this.index += 1;
    return closing;
  }

  private close(): readonly SseEvent[] {
    if (this.openKey === undefined) return [];
    this.openKey = undefined;
    return [event('contentBlockStop', { contentBlockIndex: this.index })];
  }

  private start(): readonly SseEvent[] {
    if (this.isStarted) return [];
    this.isStarted = true;
    return [event('messageStart', { role: 'assistant' })];
  }

  private finish(): readonly SseEvent[] {
    const stopReason = encodeStop(effectiveStop(this.stop, this.callsTools));
    return [
      ...this.start(),
      ...this.close(),
      event('messageStop', { stopReason }),
      event('metadata', { usage: encodeUsage(this.usage) }),
    ];
  }
}

function event(name: string, data: JsonObject): SseEvent {
  return { event: name, data: JSON.stringify(data) };
}
