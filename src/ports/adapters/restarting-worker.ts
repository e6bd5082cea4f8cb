/** A worker thread that comes back after a crash, with growing pauses. Knows nothing of what the thread does. */
import type { Worker } from 'node:worker_threads';

export interface RestartingWorkerOptions<Reply> {
  /** Starts one thread; called again after every crash. */
  readonly start: () => Worker;
  readonly onMessage: (message: Reply) => void;
  /** The thread is gone although nobody closed it. A new one starts after the pause. */
  readonly onCrash: (reason: Error) => void;
  /** Called right after a replacement was started. */
  readonly onRestart: () => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** How long a thread may take to end by itself before it is ended. */
const CLOSE_GRACE_MS = 2_000;

export class RestartingWorker<Request, Reply> {
  private worker: Worker | undefined;
  private pauseMs = FIRST_PAUSE_MS;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: RestartingWorkerOptions<Reply>) {
    this.launch();
  }

  post(message: Request): void {
    this.worker?.postMessage(message);
  }

  /** The thread does its work again: the next crash starts with the shortest pause. */
  markHealthy(): void {
    this.pauseMs = FIRST_PAUSE_MS;
  }

  /** Asks the thread to end with `farewell`, ends it after a grace period, and never restarts it. */
  async close(farewell: Request): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const worker = this.worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage(farewell);
    const grace = setTimeout(() => void worker.terminate(), CLOSE_GRACE_MS);
    await gone;
    clearTimeout(grace);
  }

  /** A call, so that the compiler does not assume the flag unchanged across a callback that may close. */
  private hasClosed(): boolean {
    return this.closed;
  }

  private launch(): void {
    const worker = this.options.start();
    this.worker = worker;
    let cause: unknown;
    worker.on('message', (message: Reply) => this.options.onMessage(message));
    worker.on('error', (error: unknown) => (cause = error));
    worker.on('exit', (code) => {
      this.worker = undefined;
      if (this.closed) return;
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      this.options.onCrash(new Error(`the thread ended with code ${code}${why}`, { cause }));
      if (this.hasClosed()) return;
      this.timer = setTimeout(() => {
        this.launch();
        this.options.onRestart();
      }, this.pauseMs);
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    });
  }
}
