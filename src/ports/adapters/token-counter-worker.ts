/** TokenCounter on a worker thread, which starts with the first prompt and holds the tokenizer's tables (about 70 MB). */
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Log } from '../log';
import type { TokenCounter } from '../token-counter';
import { startThread } from './source-thread';
import type { CountReply, CountRequest } from './token-counter-thread';

export interface TokenCounterOptions {
  readonly log: Log;
  /** Bytes of prompts that may wait; beyond, prompts are not counted. */
  readonly maxPendingBytes?: number;
}

const DEFAULT_MAX_PENDING_BYTES = 64 * 1024 * 1024;

export function createTokenCounter(options: TokenCounterOptions): TokenCounter {
  return new ThreadTokenCounter(options);
}

interface Waiting {
  readonly bytes: number;
  readonly resolve: (tokens: number | undefined) => void;
}

class ThreadTokenCounter implements TokenCounter {
  private readonly maxPendingBytes: number;
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;
  private pendingBytes = 0;
  private nextId = 0;
  private closed = false;

  constructor(private readonly options: TokenCounterOptions) {
    this.maxPendingBytes = options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
  }

  countPrompt(body: Buffer): Promise<number | undefined> {
    if (this.closed || this.pendingBytes + body.length > this.maxPendingBytes) return Promise.resolve(undefined);
    const worker = (this.worker ??= this.launch());
    const id = this.nextId;
    this.nextId += 1;
    this.pendingBytes += body.length;
    return new Promise((resolve) => {
      this.waiting.set(id, { bytes: body.length, resolve });
      // A copy, because the caller's bytes are still needed; it is given away.
      const request: CountRequest = { id, body: new Uint8Array(body) };
      worker.postMessage(request, [request.body.buffer]);
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
    this.settleAll();
  }

  /** A thread that dies takes its prompts with it; the next prompt starts another one. */
  private launch(): Worker {
    const worker = startThread(join(__dirname, 'token-counter-thread'), 'token-counter');
    worker.unref();
    worker.on('message', ({ id, tokens }: CountReply) => this.settle(id, tokens));
    worker.on('error', (error: unknown) => this.options.log.warn({ err: error }, 'the token counter failed'));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      this.settleAll();
    });
    return worker;
  }

  private settle(id: number, tokens: number | undefined): void {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return;
    this.waiting.delete(id);
    this.pendingBytes -= waiting.bytes;
    waiting.resolve(tokens);
  }

  private settleAll(): void {
    for (const id of [...this.waiting.keys()]) this.settle(id, undefined);
  }
}
