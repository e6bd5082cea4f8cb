import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOTSTRAP_FILE, PLAN_FILE } from '../compiler';
import type { Plan, Wiring } from '../config';
import { activeRequests, drainListeners } from './envoy-admin';
import { envoyProcess, hiddenFromEnvoy } from './envoy-process';
import type { CommandFailure } from './failure';
import { removeSockets, type Instance } from './instance';
import { firstState, removeState, writeState, type InstanceState } from './instance-state';
import { KeptProcess, type KeptProcessEvents } from './kept-process';
import { waitForListeners } from './listener-health';
import { ENVOY_LOG, tailOf } from './log-files';
import { startOrphanGuard, type OrphanGuard } from './orphan-guard';
import type { ProcessIdentity } from './processes';
import { asStep, type Progress } from './progress';
import { sidecarProcess, type SidecarListening } from './sidecar-process';

export interface SupervisorOptions {
  readonly instance: Instance;
  readonly identity: ProcessIdentity;
  readonly plan: Plan;
  readonly wiring: Wiring;
  readonly secrets: ReadonlyMap<string, string>;
  readonly envoyBinary: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
}

const ENVOY_GRACE_MS = 3_000;
const SIDECAR_GRACE_MS = 6_000;
const DRAIN_POLL_MS = 100;
const REJECTION_LOG_LINES = 6;

/**
 * Keeps Envoy and the sidecar of one instance alive and its state file true. Both run or neither: when one of them cannot
 * be kept alive, `givenUp` resolves and the caller stops the instance.
 */
export class Supervisor {
  /** Resolves with the reason when a process ended too often. */
  readonly givenUp: Promise<CommandFailure>;
  private giveUp: (failure: CommandFailure) => void = () => undefined;
  private readonly stopping = new AbortController();
  private readonly guard: OrphanGuard = startOrphanGuard();
  private readonly sidecar: KeptProcess;
  private readonly envoy: KeptProcess;
  private state: InstanceState;
  private stateWritten: Promise<void> = Promise.resolve();

  constructor(private readonly options: SupervisorOptions) {
    this.givenUp = new Promise((resolve) => (this.giveUp = resolve));
    const { plan, instance } = options;
    const listeners = plan.listeners.map(({ name, type, address, port }) => ({ name, type, address, port }));
    this.state = { ...firstState(instance, options.identity), planHash: plan.hash, listeners };
    this.sidecar = this.keepSidecar();
    this.envoy = this.keepEnvoy();
  }

  get adminAddress(): string | undefined {
    return this.state.envoy?.adminAddress;
  }

  get metricsAddress(): string | undefined {
    return this.state.sidecar?.metricsAddress;
  }

  /** Starts both and waits until every listener answers. Rejects when something does not start; the caller then stops. */
  async start(): Promise<void> {
    const { progress } = this.options;
    await asStep(progress, 'Start the sidecar', () => this.sidecar.start(this.giveUp));
    await asStep(progress, 'Start Envoy', () => this.envoy.start(this.giveUp));
    await asStep(progress, 'Wait for the listeners', async (step) => {
      const failed = this.givenUp.then((failure) => Promise.reject(failure));
      await Promise.race([this.whenHealthy((names) => step.update(names)), failed]);
    });
    this.update({ phase: 'running' });
    await this.stateWritten;
  }

  /**
   * Takes no new requests, lets open ones finish for `drainMs` at most (shorter when `hurried` aborts), ends both processes
   * and forgets the instance.
   */
  async stop(drainMs: number, hurried: AbortSignal): Promise<void> {
    this.update({ phase: 'stopping' });
    if (this.adminAddress !== undefined) await this.drain(this.adminAddress, drainMs, hurried);
    this.stopping.abort();
    await this.envoy.stop(ENVOY_GRACE_MS);
    await this.sidecar.stop(SIDECAR_GRACE_MS);
    this.guard.stop();
    await this.stateWritten;
    await removeSockets(this.options.instance);
    await removeState(this.options.instance);
  }

  private keepSidecar(): KeptProcess {
    const { instance, wiring, secrets, env } = this.options;
    const spec = sidecarProcess({
      planFile: join(instance.envoyFolder, PLAN_FILE),
      sidecarAddress: wiring.sidecar,
      egressAddress: wiring.egress,
      logFolder: instance.logFolder,
      env,
      secrets,
      onListening: (listening) => this.sidecarListens(listening),
    });
    return new KeptProcess(spec, {
      ...this.events('The sidecar'),
      started: (process) => {
        this.guard.watch(process.pid);
        this.update({ sidecar: { process } });
      },
    });
  }

  private keepEnvoy(): KeptProcess {
    const { instance, env, plan, envoyBinary } = this.options;
    const spec = envoyProcess({
      binary: envoyBinary,
      bootstrapFile: join(instance.envoyFolder, BOOTSTRAP_FILE),
      adminAddressFile: instance.adminAddressFile,
      logFolder: instance.logFolder,
      env,
      secretNames: hiddenFromEnvoy(plan),
      onAdmin: (adminAddress) => {
        if (this.state.envoy !== undefined) this.update({ envoy: { ...this.state.envoy, adminAddress } });
      },
    });
    return new KeptProcess(spec, {
      ...this.events('Envoy'),
      started: (process) => {
        this.guard.watch(process.pid);
        this.update({ envoy: { process } });
      },
    });
  }

  private events(name: string): Omit<KeptProcessEvents, 'started'> {
    return {
      ended: (pid) => this.guard.release(pid),
      ready: () => {
        if (this.state.phase === 'degraded') void this.reportRecovery(name);
      },
      restarting: (reason, delayMs) => {
        this.options.progress.warn(`${name} ${reason}; starting it again in ${delayMs / 1000} s.`);
        this.update({ phase: 'degraded' });
      },
    };
  }

  private async reportRecovery(name: string): Promise<void> {
    try {
      await this.whenHealthy();
      if (this.stopping.signal.aborted) return;
      this.update({ phase: 'running' });
      this.options.progress.note(`${name} runs again.`);
    } catch (reason) {
      if (!this.stopping.signal.aborted) this.options.progress.warn(String(reason));
    }
  }

  private sidecarListens(listening: SidecarListening): void {
    if (this.state.sidecar === undefined) return;
    const { address, metricsAddress, note } = listening;
    this.update({ sidecar: { ...this.state.sidecar, address, metricsAddress } });
    if (note !== undefined) this.options.progress.note(note);
  }

  private whenHealthy(report?: (names: string) => void): Promise<void> {
    return waitForListeners({
      listeners: this.state.listeners,
      adminAddress: () => this.adminAddress,
      signal: this.stopping.signal,
      envoyLogTail: () => tailOf(join(this.options.instance.logFolder, ENVOY_LOG), REJECTION_LOG_LINES),
      ...(report === undefined ? {} : { report }),
    });
  }

  private async drain(adminAddress: string, drainMs: number, hurried: AbortSignal): Promise<void> {
    const deadline = performance.now() + drainMs;
    try {
      await drainListeners(adminAddress);
      while (!hurried.aborted && performance.now() < deadline && (await activeRequests(adminAddress)) > 0) {
        await sleep(DRAIN_POLL_MS);
      }
    } catch {
      // Envoy is gone or does not answer: there is nothing left to wait for.
    }
  }

  /** Keeps the file in step; writes are queued so that an older state never replaces a newer one. */
  private update(change: Partial<InstanceState>): void {
    this.state = { ...this.state, ...change };
    const state = this.state;
    this.stateWritten = this.stateWritten.then(() => writeState(this.options.instance, state)).catch(() => undefined);
  }
}
