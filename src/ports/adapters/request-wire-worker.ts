/** RequestWire that keeps large bodies off the event loop: small ones run inline, others on one worker thread. */
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { inlineRequestWire, type RenderedRequest, type RequestWire } from '../../wire';
import { GatewayError } from '../../wire/errors';
import { startThread } from './source-thread';
import type { WireReply, WireRequest, WireResult, WireWork } from './request-wire-messages';

export interface RequestWireOptions {
  /** Bodies of at least this size leave the event loop. Parsing below it takes about a millisecond. */
  readonly offloadBytes?: number;
  /** Bytes that may wait for the thread, over all callers; one body is always accepted. Beyond: GatewayError `overloaded`. */
  readonly maxPendingBytes?: number;
  /** Replaces how the thread is started; for tests that end it. */
  readonly startWorker?: () => Worker;
}

const DEFAULT_OFFLOAD_BYTES = 256 * 1024;
const DEFAULT_MAX_PENDING_BYTES = 256 * 1024 * 1024;

/** Copied per tick of the event loop: well below a millisecond. */
const COPY_SLICE_BYTES = 1024 * 1024;

/** The returned wire starts its thread with the first large body; `close` ends it and fails what is still pending. */
export function createRequestWire(options: RequestWireOptions = {}): RequestWire & { close(): Promise<void> } {
  return new OffloadingRequestWire(options);
}

interface Pending {
  readonly resolve: (result: WireResult) => void;
  readonly reject: (reason: GatewayError) => void;
}

class OffloadingRequestWire implements RequestWire {
  private readonly offloadBytes: number;
  private readonly maxPendingBytes: number;
  private readonly startWorker: () => Worker;
  private readonly pending = new Map<number, Pending>();
  private worker: Worker | undefined;
  private pendingBytes = 0;
  private nextId = 0;
  private closed = false;

  constructor(options: RequestWireOptions) {
    this.offloadBytes = options.offloadBytes ?? DEFAULT_OFFLOAD_BYTES;
    this.maxPendingBytes = options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
    this.startWorker =
      options.startWorker ?? (() => startThread(join(__dirname, 'request-wire-thread'), 'request-wire'));
  }

  inspect: RequestWire['inspect'] = async (dialect, body) => {
    if (body.length < this.offloadBytes) return inlineRequestWire.inspect(dialect, body);
    const { facts } = await this.offload({ kind: 'inspect', dialect }, body);
    if (facts === undefined) throw new GatewayError('internal', 'The request could not be read.');
    return facts;
  };

  render: RequestWire['render'] = async (from, to, body, context) => {
    if (body.length < this.offloadBytes) return inlineRequestWire.render(from, to, body, context);
    const result = await this.offload({ kind: 'render', from, to, context }, body);
    const rest: Omit<RenderedRequest, 'body'> = result.rendered ?? { warnings: [] };
    return { ...rest, body: resultBody(result, body) };
  };

  withEarlierAnswers: RequestWire['withEarlierAnswers'] = async (body, answers) => {
    if (body.length < this.offloadBytes || answers.length === 0) {
      return inlineRequestWire.withEarlierAnswers(body, answers);
    }
    return resultBody(await this.offload({ kind: 'earlier-answers', answers }, body), body);
  };

  async close(): Promise<void> {
    this.closed = true;
    this.failPending(new GatewayError('internal', 'The gateway is shutting down.'));
    await this.worker?.terminate();
  }

  private async offload(work: WireWork, body: Buffer): Promise<WireResult> {
    const isFull = this.pendingBytes > 0 && this.pendingBytes + body.length > this.maxPendingBytes;
    if (isFull) throw new GatewayError('overloaded', 'Too many large requests are being handled.');
    this.pendingBytes += body.length;
    try {
      const copy = await copyInSlices(body);
      return await this.post(work, copy);
    } finally {
      this.pendingBytes -= body.length;
    }
  }

  private post(work: WireWork, body: Uint8Array<ArrayBuffer>): Promise<WireResult> {
    if (this.closed) throw new GatewayError('internal', 'The gateway is shutting down.');
    const worker = (this.worker ??= this.launch());
    const id = this.nextId;
    this.nextId += 1;
    const request: WireRequest = { id, work, body };
    return new Promise<WireResult>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage(request, [body.buffer]);
    });
  }

  /** A thread that dies takes its pending bodies with it; the next large body starts another one. */
  private launch(): Worker {
    const worker = this.startWorker();
    let cause: unknown;
    worker.unref();
    worker.on('message', (reply: WireReply) => this.settle(reply));
    worker.on('error', (error: unknown) => (cause = error));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      if (!this.closed) this.failPending(new GatewayError('internal', 'The request could not be handled.', { cause }));
    });
    return worker;
  }

  private settle(reply: WireReply): void {
    const waiting = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    // An idle thread must not keep the process alive.
    if (this.pending.size === 0) this.worker?.unref();
    if ('result' in reply) {
      waiting?.resolve(reply.result);
    } else {
      const { code, message, options } = reply.failure;
      waiting?.reject(new GatewayError(code, message, options));
    }
  }

  private failPending(reason: GatewayError): void {
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(reason);
  }
}

/** The caller keeps its bytes (later attempts render from them), so the thread gets a copy, made a slice per tick. */
async function copyInSlices(body: Buffer): Promise<Uint8Array<ArrayBuffer>> {
  const copy = Buffer.allocUnsafeSlow(body.length);
  for (let at = 0; at < body.length; at += COPY_SLICE_BYTES) {
    if (at > 0) await nextTick();
    body.copy(copy, at, at, at + COPY_SLICE_BYTES);
  }
  return copy;
}

function resultBody({ body }: WireResult, original: Buffer): Buffer {
  return body === undefined ? original : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
