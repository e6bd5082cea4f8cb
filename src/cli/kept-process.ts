import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure, messageOf } from './failure';
import { endProcess, identify, type ProcessIdentity } from './processes';

/** How to start one process and how to tell that a start worked. */
export interface ProcessSpec {
  /** For people: `Envoy`, `The sidecar`. */
  readonly name: string;
  launch(): ChildProcess;
  /** Resolves when this start is usable. The signal aborts when the process ends or is stopped. */
  whenReady(child: ChildProcess, signal: AbortSignal): Promise<void>;
  /** The end of its log, for the message when it cannot be kept alive. */
  logTail(): Promise<string[]>;
}

export interface KeptProcessEvents {
  started(identity: ProcessIdentity): void;
  ready(): void;
  /** It ended by itself and is started again after `delayMs`. */
  restarting(reason: string, delayMs: number): void;
  ended(pid: number): void;
}

/** A few quick tries, then the fault is taken for a lasting one. */
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 60_000;
const FIRST_DELAY_MS = 250;
/** For a process that runs but never got usable. */
const UNUSABLE_GRACE_MS = 2_000;

/** Keeps one process running: restarts it with growing delays when it ends, and gives up when it keeps ending. */
export class KeptProcess {
  private readonly stopping = new AbortController();
  private identity: ProcessIdentity | undefined;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly spec: ProcessSpec,
    private readonly events: KeptProcessEvents,
    private readonly firstDelayMs = FIRST_DELAY_MS,
  ) {}

  /**
   * Starts it. Resolves when the first start is usable; rejects with a CommandFailure when it ends before that (a first start
   * is not tried again: what is wrong then stays wrong).
   * @param onGivenUp called at most once, when the process ended too often after the first start had worked.
   */
  async start(onGivenUp: (failure: CommandFailure) => void): Promise<void> {
    const { ended } = await this.runOnce();
    this.loop = this.keep(ended).catch(async (reason: unknown) => {
      onGivenUp(reason instanceof CommandFailure ? reason : await this.failure(messageOf(reason)));
    });
  }

  /** Ends it for good: SIGTERM, after `graceMs` SIGKILL. */
  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    if (this.identity !== undefined) await endProcess(this.identity, graceMs);
    await this.loop;
  }

  private async keep(firstEnd: Promise<string>): Promise<void> {
    let reason = await firstEnd;
    const restarts: number[] = [];
    while (!this.stopping.signal.aborted) {
      const now = performance.now();
      const recent = restarts.filter((at) => now - at < RESTART_WINDOW_MS).length;
      if (recent >= MAX_RESTARTS) throw await this.failure(`${reason}, ${recent + 1} times within a minute`);
      const delayMs = this.firstDelayMs * 2 ** recent;
      this.events.restarting(reason, delayMs);
      await sleep(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      restarts.push(performance.now());
      reason = await this.runOnce().then(({ ended }) => ended, messageOf);
    }
  }

  /** One life. Resolves when it is usable; rejects when it ends before that or does not get usable (it is then ended). */
  private async runOnce(): Promise<{ readonly ended: Promise<string> }> {
    const child = this.spec.launch();
    const life = new AbortController();
    const ended = endOf(child).then((reason) => {
      this.identity = undefined;
      if (child.pid !== undefined) this.events.ended(child.pid);
      life.abort();
      return reason;
    });
    if (child.pid !== undefined) {
      this.identity = (await identify(child.pid)) ?? { pid: child.pid, startedAt: '' };
      this.events.started(this.identity);
    }
    const signal = AbortSignal.any([life.signal, this.stopping.signal]);
    try {
      const early = await Promise.race([this.spec.whenReady(child, signal), ended]);
      if (early !== undefined) throw await this.failure(early);
    } catch (reason) {
      if (life.signal.aborted) throw reason instanceof CommandFailure ? reason : await this.failure(await ended);
      if (this.identity !== undefined) await endProcess(this.identity, UNUSABLE_GRACE_MS);
      throw reason;
    }
    this.events.ready();
    return { ended };
  }

  private async failure(reason: string): Promise<CommandFailure> {
    return new CommandFailure(`${this.spec.name} ${reason}.`, {
      details: await this.spec.logTail(),
      fix: 'The lines above are the end of its log; "outerloop logs" shows more.',
    });
  }
}

/** How a process ended, in words that follow its name. Never rejects. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was killed (${signal})`),
    );
  });
}
