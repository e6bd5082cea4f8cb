import type { JsonObject } from '../../json/read';
import { argumentsObject } from './turns';

export interface BlockKind {
  readonly type: 'text' | 'thinking';
  /** The upstream's key: another key means another block. */
  readonly key: number;
}

interface Block {
  readonly kind: string;
  readonly key: number;
  readonly content: JsonObject;
  /** Deltas that wait until the block may open. */
  readonly held: JsonObject[];
  /** Arguments so far, for tool calls: tells whether more may come. */
  argumentsText: string;
  /** Nothing more will come for this block. */
  complete: boolean;
}

/**
 * Content blocks of a Messages stream, one open at a time. Other APIs may interleave text and several tool calls; here
 * the first unfinished block is streamed and later ones are held until it closes. A text or thinking block is over when
 * anything else begins; a tool call when the upstream says so or when its arguments are a complete JSON object.
 */
export class BlockQueue {
  private readonly queue: Block[] = [];
  private index = 0;
  private headIsOpen = false;

  /** A piece of text or thinking. */
  append({ type, key }: BlockKind, delta: JsonObject): readonly JsonObject[] {
    const last = this.queue.at(-1);
    const continues = last?.kind === type && last.key === key && !last.complete;
    const block = continues ? last : this.enqueue(type, key, emptyContent(type));
    block.held.push(delta);
    return this.drain();
  }

  /** A block that comes in one piece. */
  whole(content: JsonObject): readonly JsonObject[] {
    this.enqueue('whole', -1, content).complete = true;
    return this.drain();
  }

  openCall(key: number, content: JsonObject): readonly JsonObject[] {
    this.enqueue('call', key, content);
    return this.drain();
  }

  appendArguments(key: number, text: string): readonly JsonObject[] {
    const block = this.queue.findLast((candidate) => candidate.kind === 'call' && candidate.key === key);
    // Arguments without a call, or after their block had to close: only whitespace can follow a complete object.
    if (block === undefined || block.complete) return [];
    block.held.push({ type: 'input_json_delta', partial_json: text });
    block.argumentsText += text;
    return this.drain();
  }

  end(key: number): readonly JsonObject[] {
    for (const block of this.queue) {
      if (block.key === key) block.complete = true;
    }
    return this.drain();
  }

  closeAll(): readonly JsonObject[] {
    for (const block of this.queue) block.complete = true;
    return this.drain();
  }

  private enqueue(kind: string, key: number, content: JsonObject): Block {
    for (const block of this.queue) {
      if (block.complete) continue;
      if (block.kind !== 'call' || argumentsObject(block.argumentsText || '-') !== undefined) block.complete = true;
    }
    const block: Block = { kind, key, content, held: [], argumentsText: '', complete: false };
    this.queue.push(block);
    return block;
  }

  /** Sends what may be sent: the head's deltas, and while the head is over, its end and the next block. */
  private drain(): readonly JsonObject[] {
    const events: JsonObject[] = [];
    for (let head = this.queue[0]; head !== undefined; head = this.queue[0]) {
      if (!this.headIsOpen) {
        events.push({ type: 'content_block_start', index: this.index, content_block: head.content });
        this.headIsOpen = true;
      }
      for (const delta of head.held.splice(0)) {
        events.push({ type: 'content_block_delta', index: this.index, delta });
      }
      if (!head.complete) return events;
      if (head.kind === 'call' && head.argumentsText.trim() === '') {
        const delta = { type: 'input_json_delta', partial_json: '{}' };
        events.push({ type: 'content_block_delta', index: this.index, delta });
      }
      events.push({ type: 'content_block_stop', index: this.index });
      this.queue.shift();
      this.headIsOpen = false;
      this.index += 1;
    }
    return events;
  }
}

function emptyContent(type: BlockKind['type']): JsonObject {
  return type === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
}
