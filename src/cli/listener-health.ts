import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from '../config';
import { rejectedResources } from './envoy-admin';
import { CommandFailure } from './failure';
import type { ListenerState } from './instance-state';

const PROBE_TIMEOUT_MS = 2_000;
const POLL_MS = 50;
/** Loading the encoder takes longest; a cold disk and a busy machine are allowed for. */
const HEALTHY_WITHIN_MS = 90_000;

/** An address that a client on this machine can call for something that is bound to `address`. */
export function reachableAddress(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::' || address === '[::]') return '::1';
  return address.replace(/^\[(.*)\]$/, '$1');
}

/** What a listener answers to GET /healthz: an HTTP status, or why there was no answer. */
export function probeHealth(listener: ListenerState): Promise<number | string> {
  return new Promise((resolve) => {
    const host = reachableAddress(listener.address);
    const options = { host, port: listener.port, path: '/healthz', agent: false, timeout: PROBE_TIMEOUT_MS };
    const sent = get(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** Names of the listeners that do not answer 200, with what they answer instead. */
export async function unhealthyListeners(listeners: readonly ListenerState[]): Promise<Map<string, number | string>> {
  const answers = await Promise.all(
    listeners.map(async (listener) => [listener.name, await probeHealth(listener)] as const),
  );
  return new Map(answers.filter(([, answer]) => answer !== 200));
}

export interface HealthWait {
  readonly listeners: readonly ListenerState[];
  /** Asked again each time, because a restarted Envoy has another one. */
  readonly adminAddress: () => string | undefined;
  readonly signal: AbortSignal;
  /** The end of Envoy's log, which says more when it refuses something. */
  readonly envoyLogTail: () => Promise<readonly string[]>;
  readonly report?: (waitingFor: string) => void;
}

/**
 * Waits until every listener answers 200.
 * @throws CommandFailure when Envoy refuses the resources (with its reasons) or the time is up (with what each answers).
 */
export async function waitForListeners(wait: HealthWait): Promise<void> {
  const deadline = performance.now() + HEALTHY_WITHIN_MS;
  for (;;) {
    wait.signal.throwIfAborted();
    const unhealthy = await unhealthyListeners(wait.listeners);
    if (unhealthy.size === 0) return;
    wait.report?.([...unhealthy.keys()].join(', '));
    const admin = wait.adminAddress();
    const rejected = admin === undefined ? [] : await rejectedResources(admin);
    if (rejected.length > 0) {
      throw new CommandFailure('Envoy refused what was compiled for it.', {
        details: [...rejected, ...(await wait.envoyLogTail())],
        fix: 'Free the port if one is named; else please report it together with the configuration.',
      });
    }
    if (performance.now() > deadline) throw notHealthy(unhealthy);
    await sleep(POLL_MS, undefined, { signal: wait.signal });
  }
}

function notHealthy(unhealthy: ReadonlyMap<string, number | string>): CommandFailure {
  const details = [...unhealthy].map(
    ([name, answer]) => `${name}: ${answer === 503 ? 'the sidecar is not ready (503)' : answer}`,
  );
  return new CommandFailure(`Not every listener got ready within ${HEALTHY_WITHIN_MS / 1000} s.`, {
    details,
    fix: 'Look at "outerloop logs".',
  });
}

export interface DeadAgent {
  readonly id: string;
  readonly address: string;
}

/** Agents that do not take a connection now. They may come up later: this is for a warning only. */
export async function deadAgents(plan: Plan): Promise<DeadAgent[]> {
  const checked = await Promise.all(
    plan.agents.map(async (agent) => {
      const upstream = plan.upstreams.find((candidate) => candidate.id === agent.upstream);
      if (upstream === undefined || (await answers(upstream.host, upstream.port))) return undefined;
      return { id: agent.id, address: `${upstream.host}:${upstream.port}` };
    }),
  );
  return checked.filter((agent) => agent !== undefined);
}

/** Envoy asks both loopback addresses for `localhost`; the system's resolver may know only one of them. */
async function answers(host: string, port: number): Promise<boolean> {
  if (await takesConnections(host, port)) return true;
  return host === 'localhost' && takesConnections('::1', port);
}

function takesConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_TIMEOUT_MS });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });
}
