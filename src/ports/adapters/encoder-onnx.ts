/**
 * The embedded sentence encoder: port `Encoder` on onnxruntime in a worker thread, no network, no key.
 *
 * This half keeps the line of waiting texts; `encoder-worker.mts` does the arithmetic. The line is bounded because a text
 * that waits longer than its request is worth nothing: beyond the bound callers get `overloaded` at once and fall back.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { GatewayError } from '../../wire/errors';
import type { Encoder } from '../encoder';
import type { EncoderReply, EncoderRequest, EncoderWorkerData } from './encoder-messages';
import { findModelDirectory, readModelCard } from './encoder-model';
import { RestartingWorker } from './restarting-worker';
import { VectorCache } from './vector-cache';

export interface OnnxEncoderOptions {
  /** Folder with model.json; the package's own models/encoder unless given. */
  readonly modelDirectory?: string;
  /** Texts that may wait at a time, over all callers. About 2–7 ms each. */
  readonly maxQueued?: number;
  /** Replaces how the thread is started; for tests that end it. */
  readonly startWorker?: (data: EncoderWorkerData) => Worker;
}

const DEFAULT_MAX_QUEUED = 256;

/** Texts handed to the thread ahead of time: one being encoded and one that starts without a pause after it. */
const MAX_IN_FLIGHT = 2;

/**
 * The model reads 256 tokens (about 1,200 characters of English); what lies far behind them need not be copied to the
 * thread and cut into words there.
 */
const MAX_CHARACTERS = 4_096;

const CACHED_VECTORS = 512;

interface Job {
  readonly id: number;
  readonly text: string;
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Creates the encoder and starts loading it; await `ready()` before relying on it. Returned vectors may be shared with later
 * callers: read only.
 * @throws Error when the model folder or its card is missing. Damaged files make `ready()` reject instead.
 */
export function createOnnxEncoder(options: OnnxEncoderOptions = {}): Encoder {
  return new OnnxEncoder(options);
}

// Compiled the thread is JavaScript, in a TypeScript run Node strips the types itself.
const WORKER_FILE = join(__dirname, __filename.endsWith('.ts') ? 'encoder-worker.mts' : 'encoder-worker.mjs');

function startWorker(data: EncoderWorkerData): Worker {
  return new Worker(WORKER_FILE, { workerData: data, name: 'encoder' });
}

class OnnxEncoder implements Encoder {
  readonly thresholds: Encoder['thresholds'];
  private readonly worker: RestartingWorker<EncoderRequest, EncoderReply>;
  private readonly maxQueued: number;
  private readonly cache = new VectorCache(CACHED_VECTORS);
  private readonly inFlight = new Map<number, Job>();
  private readonly firstStart: Promise<void>;
  private settleFirstStart: (failure?: unknown) => void = () => undefined;
  private waiting: Job[] = [];
  private nextId = 0;
  private state: 'loading' | 'serving' | 'down' | 'unusable' | 'closed' = 'loading';
  private everServed = false;
  private lastFailure: unknown;

  constructor(options: OnnxEncoderOptions) {
    const modelDirectory = options.modelDirectory ?? findModelDirectory();
    const card = readModelCard(modelDirectory);
    const start = options.startWorker ?? startWorker;
    this.thresholds = card.thresholds;
    this.maxQueued = options.maxQueued ?? DEFAULT_MAX_QUEUED;
    this.firstStart = new Promise((resolve, reject) => {
      this.settleFirstStart = (failure) => (failure === undefined ? resolve() : reject(failure));
    });
    // Whoever never asks for ready() learns of a failed start from embed().
    this.firstStart.catch(() => undefined);
    this.worker = new RestartingWorker<EncoderRequest, EncoderReply>({
      start: () => start({ role: 'outerloop-encoder', modelDirectory, card }),
      onMessage: (reply) => this.receive(reply),
      onCrash: (reason) => this.crashed(reason),
      onRestart: () => (this.state = 'loading'),
    });
  }

  ready(): Promise<void> {
    return this.firstStart;
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    signal?.throwIfAborted();
    const clipped = texts.map((text) => text.slice(0, MAX_CHARACTERS));
    // Cached ones are taken now: encoding the others may push them out of the cache.
    const vectors = new Map<string, Float32Array | Promise<Float32Array> | undefined>();
    for (const text of clipped) vectors.set(text, this.cache.get(text));
    const missing = [...vectors].flatMap(([text, vector]) => (vector === undefined ? [text] : []));
    if (missing.length > 0) this.admit(missing.length);
    const jobs: Job[] = [];
    for (const text of missing) {
      vectors.set(text, new Promise((resolve, reject) => jobs.push({ id: this.nextId++, text, resolve, reject })));
    }
    this.waiting.push(...jobs);
    this.feed();
    const drop = (): void => this.drop(jobs, signal?.reason);
    signal?.addEventListener('abort', drop, { once: true });
    try {
      return await Promise.all(clipped.map((text) => vectors.get(text) as Promise<Float32Array>));
    } finally {
      signal?.removeEventListener('abort', drop);
    }
  }

  async close(): Promise<void> {
    if (this.state === 'closed') return;
    this.state = 'closed';
    const reason = new GatewayError('not_ready', 'The sentence encoder is closed.');
    this.settleFirstStart(reason);
    this.rejectAll(reason);
    await this.worker.close({ kind: 'close' });
  }

  private admit(count: number): void {
    if (this.state === 'down' || this.state === 'unusable' || this.state === 'closed') {
      throw new GatewayError('not_ready', 'The sentence encoder is not running.', { cause: this.lastFailure });
    }
    if (this.waiting.length + count > this.maxQueued) {
      throw new GatewayError('overloaded', 'Too many texts wait for the sentence encoder.');
    }
  }

  private feed(): void {
    while (this.state === 'serving' && this.inFlight.size < MAX_IN_FLIGHT) {
      const job = this.waiting.shift();
      if (job === undefined) return;
      this.inFlight.set(job.id, job);
      this.worker.post({ kind: 'encode', id: job.id, text: job.text });
    }
  }

  private drop(jobs: readonly Job[], reason: unknown): void {
    // Those in flight end by themselves; their vectors still go into the cache.
    this.waiting = this.waiting.filter((job) => !jobs.includes(job));
    for (const job of jobs) job.reject(reason);
  }

  private receive(reply: EncoderReply): void {
    // A thread that was still loading says so after it was told to end.
    if (this.state === 'closed') return;
    switch (reply.kind) {
      case 'ready':
        this.state = 'serving';
        this.everServed = true;
        this.settleFirstStart();
        break;
      case 'unusable':
        this.unusable(new Error(reply.reason));
        return;
      case 'vector': {
        const job = this.finish(reply.id);
        if (job === undefined) return;
        this.worker.markHealthy();
        this.cache.set(job.text, reply.vector);
        job.resolve(reply.vector);
        break;
      }
      case 'failed':
        this.finish(reply.id)?.reject(
          new GatewayError('internal', 'The sentence encoder failed on a text.', { cause: new Error(reply.reason) }),
        );
        break;
    }
    this.feed();
  }

  private finish(id: number): Job | undefined {
    const job = this.inFlight.get(id);
    this.inFlight.delete(id);
    return job;
  }

  /** A model that fails its checks at start stays unusable; one that served before may be repaired, so restarts go on. */
  private unusable(cause: Error): void {
    this.lastFailure = cause;
    if (this.everServed) return;
    this.state = 'unusable';
    const failure = new Error(`The sentence encoder cannot be used: ${cause.message}`, { cause });
    this.settleFirstStart(failure);
    this.rejectAll(new GatewayError('not_ready', 'The sentence encoder cannot be used.', { cause: failure }));
    void this.worker.close({ kind: 'close' });
  }

  private crashed(reason: Error): void {
    if (!this.everServed) return this.unusable(reason);
    this.state = 'down';
    this.lastFailure = reason;
    this.rejectAll(new GatewayError('not_ready', 'The sentence encoder stopped and starts again.', { cause: reason }));
  }

  private rejectAll(reason: unknown): void {
    const jobs = [...this.inFlight.values(), ...this.waiting];
    this.inFlight.clear();
    this.waiting = [];
    for (const job of jobs) job.reject(reason);
  }
}
