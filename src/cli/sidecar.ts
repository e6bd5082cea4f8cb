import { performance } from 'node:perf_hooks';
import type { Plan, Wiring } from '../config/plan';
import { createAgentChooser, type AgentChooser } from '../decide/agents';
import { createCandidateHealth } from '../decide/candidate-health';
import { createModelDirectory } from '../decide/models';
import { startExtProcServer } from '../extproc';
import { Gateway } from '../pipeline/gateway';
import { Metering } from '../pipeline/metering';
import type { ListenerServices, Services } from '../pipeline/services';
import { createCloudTokens } from '../ports/adapters/cloud-tokens-renewed';
import { createOnnxEncoder } from '../ports/adapters/encoder-onnx';
import { createMetrics } from '../ports/adapters/metrics-prometheus';
import { startMetricsServer } from '../ports/adapters/metrics-server';
import { createRequestWire } from '../ports/adapters/request-wire-worker';
import { createSideCalls } from '../ports/adapters/side-calls-undici';
import { createTelemetry } from '../ports/adapters/telemetry-otel';
import { createTokenCounter } from '../ports/adapters/token-counter-worker';
import type { CloudTokens, TokenIdentity } from '../ports/cloud-tokens';
import type { Encoder } from '../ports/encoder';
import type { Log } from '../ports/log';
import { packageVersion } from './package-version';

export interface SidecarOptions {
  readonly plan: Plan;
  readonly wiring: Wiring;
  /** Values for Plan.secretNames; stays in memory. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly log: Log;
  /** `host:port` for /metrics and /status. */
  readonly metricsAddress: string;
}

export interface Sidecar {
  /** ext_proc address as bound. */
  readonly address: string;
  readonly metricsAddress: string;
  /** Resolves when the Plan is loaded and the models are warm; rejects when a model cannot be used. */
  ready(): Promise<void>;
  /** Stops within `graceMs`; open requests may finish until then. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Builds every service once and opens the ext_proc server. The server answers before the models are loaded (health says
 * "starting", calls get 503 not_ready), so that Envoy can connect at any time.
 */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { plan, wiring, log } = options;
  const state = { ready: false, stopping: false };
  const isReady = (): boolean => state.ready;
  const parts = openParts(options);
  const { telemetry, metrics, metering, tokens, encoder } = parts;
  const agents = new Map<string, AgentChooser>();
  const gateway = new Gateway(listenerServices(servicesOf(options, parts, isReady), agents));
  const onRecord = (record: Parameters<Metering['record']>[0]): void => void metering.record(record);
  const server = await startExtProcServer({
    address: wiring.sidecar,
    gateway,
    telemetry,
    metrics,
    log,
    isReady,
    onRecord,
  });
  const status = (): unknown => ({ planHash: plan.hash, ready: state.ready, openExchanges: gateway.openExchanges });
  const metricsServer = await startMetricsServer({ address: options.metricsAddress, metrics, status });
  const warmUp = warm(plan, { encoder, tokens }, agents).then(() => {
    state.ready = true;
    log.info({ planHash: plan.hash, listeners: plan.listeners.length }, 'ready');
  });
  // Callers learn about a failure through ready(); it must not count as unhandled before they ask.
  warmUp.catch((error: unknown) => {
    if (!state.stopping) log.error({ err: error }, 'a model could not be loaded');
  });
  const stop = async (graceMs = 5000): Promise<void> => {
    Object.assign(state, { ready: false, stopping: true });
    tokens.close();
    await server.stop(graceMs);
    await Promise.allSettled([parts.close(), metricsServer.close()]);
  };
  return { address: server.address, metricsAddress: metricsServer.address, ready: () => warmUp, stop };
}

type Parts = ReturnType<typeof openParts>;

/** What has a life of its own (threads, pools, exporters): opened once, closed together. */
function openParts({ plan, wiring, log }: SidecarOptions) {
  const metrics = createMetrics({ version: packageVersion() });
  const telemetry = createTelemetry(plan.telemetry, log);
  const wire = createRequestWire();
  const sideCalls = createSideCalls({ egress: wiring.egress, log });
  const encoder = needsEncoder(plan) ? createOnnxEncoder() : undefined;
  const tokens = createCloudTokens({ identities: tokenIdentities(plan), log });
  const counter = createTokenCounter({ log });
  const metering = new Metering(metrics, counter);
  const close = async (): Promise<void> => {
    const closing = [counter.close(), sideCalls.close(), wire.close(), telemetry.shutdown()];
    if (encoder !== undefined) closing.push(encoder.close());
    await Promise.allSettled(closing);
  };
  return { metrics, telemetry, wire, sideCalls, encoder, tokens, metering, close };
}

function servicesOf({ plan, log, secrets }: SidecarOptions, parts: Parts, isReady: () => boolean): Services {
  const { wire, sideCalls, telemetry, metrics, metering, tokens } = parts;
  return {
    plan,
    models: createModelDirectory(plan),
    health: createCandidateHealth(),
    wire,
    sideCalls,
    telemetry,
    metrics,
    metering,
    log,
    secrets,
    tokens,
    random: Math.random,
    now: () => performance.now(),
    isReady,
  };
}

/** One agent needs no choice, and so no model in memory. */
function needsEncoder(plan: Plan): boolean {
  return plan.listeners.some((listener) => listener.agents.length > 1);
}

/** Agent choosers appear in `agents` while the encoder warms up; calls are refused until then (isReady). */
function listenerServices(services: Services, agents: ReadonlyMap<string, AgentChooser>): ListenerServices[] {
  return services.plan.listeners.map((listener) => {
    if (listener.type !== 'agent') return { ...services, listener };
    const chooser: AgentChooser = {
      choose: (conversation, signal) => {
        const ready = agents.get(listener.name);
        if (ready === undefined) throw new Error(`the agent chooser of "${listener.name}" is not loaded`);
        return ready.choose(conversation, signal);
      },
    };
    return { ...services, listener, agents: chooser };
  });
}

function tokenIdentities(plan: Plan): ReadonlySet<TokenIdentity> {
  return new Set(
    plan.models.flatMap(({ identity }) => (identity === undefined || identity === 'aws' ? [] : [identity])),
  );
}

async function warm(
  plan: Plan,
  { encoder, tokens }: { encoder: Encoder | undefined; tokens: CloudTokens },
  agents: Map<string, AgentChooser>,
): Promise<void> {
  await Promise.all([encoder?.ready(), tokens.ready()]);
  for (const listener of plan.listeners) {
    if (listener.type !== 'agent') continue;
    agents.set(listener.name, await createAgentChooser({ agents: listener.agents, encoder: encoder ?? unusedEncoder }));
  }
}

/** For listeners with one agent: the chooser never asks it. */
const unusedEncoder: Encoder = {
  ready: () => Promise.resolve(),
  embed: () => Promise.reject(new Error('no listener needs an encoder')),
  thresholds: { acceptScore: 0, acceptMargin: 0 },
  close: () => Promise.resolve(),
};
