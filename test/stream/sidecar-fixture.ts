import { context } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import { PLAN_FORMAT, type ListenerPlan, type ModelPlan, type Plan, type UpstreamPlan } from '../../src/config/plan';
import type { AgentChooser } from '../../src/decide/agents';
import { createCandidateHealth } from '../../src/decide/candidate-health';
import { createModelDirectory } from '../../src/decide/models';
import { startExtProcServer, type ExtProcServer } from '../../src/extproc';
import { Gateway } from '../../src/pipeline/gateway';
import { Metering } from '../../src/pipeline/metering';
import type { ListenerServices } from '../../src/pipeline/services';
import type { Log } from '../../src/ports/log';
import type { Metrics } from '../../src/ports/metrics';
import type { SideCallRequest, SideCallResponse, SideCalls } from '../../src/ports/side-calls';
import type { Telemetry } from '../../src/ports/telemetry';
import type { TokenCounter } from '../../src/ports/token-counter';
import { inlineRequestWire } from '../../src/wire';
import { ScriptedEnvoy, socketAddress } from './scripted-envoy';

function upstream(id: string, host: string): UpstreamPlan {
  return {
    id,
    kind: id.startsWith('agent') ? 'agent' : 'provider',
    host,
    port: 443,
    tls: true,
    authority: host,
    http2: 'off',
    connectTimeoutMs: 5000,
    prefixAffinity: false,
  };
}

function model(provider: string, modelId: string, variable: string, isDefault = false): ModelPlan {
  return {
    name: `${provider}/${modelId}`,
    model: `${provider}/${modelId}`,
    provider,
    prefix: provider,
    modelId,
    wildcard: false,
    upstream: `provider:${provider}`,
    credential: [{ env: variable }],
    passthroughAuth: false,
    headers: {},
    default: isDefault,
  };
}

function listener(type: ListenerPlan['type'], name: string, agents: readonly string[] = []): ListenerPlan {
  return {
    type,
    name,
    address: '127.0.0.1',
    port: 1,
    timeoutMs: 300_000,
    maxRetries: 0,
    implicit: false,
    agents: agents.map((id) => ({ id, description: id, default: false, examples: [], inputFilters: [] })),
    inputFilters: [],
    outputFilters: [],
  };
}

/** Two vendors, one public model that both offer (`both`), one agent listener with two agents. */
export const PLAN: Plan = {
  format: PLAN_FORMAT,
  hash: 'test',
  source: 'test.yaml',
  listeners: [listener('model', 'models'), listener('agent', 'travel', ['flight_agent', 'weather_agent'])],
  upstreams: [
    upstream('provider:openai', 'api.openai.test'),
    upstream('provider:anthropic', 'api.anthropic.test'),
    upstream('agent:flight_agent', 'flights.test'),
    upstream('agent:weather_agent', 'weather.test'),
  ],
  agents: [
    { id: 'flight_agent', upstream: 'agent:flight_agent', path: '/v1/chat/completions' },
    { id: 'weather_agent', upstream: 'agent:weather_agent', path: '/base/v1/chat/completions' },
  ],
  models: [
    model('openai', 'gpt-4o', 'OPENAI_API_KEY', true),
    model('anthropic', 'claude-test', 'ANTHROPIC_API_KEY'),
    model('openai', 'both', 'OPENAI_API_KEY'),
    model('anthropic', 'both', 'ANTHROPIC_API_KEY'),
  ],
  aliases: [{ name: 'fast', targets: [[{ model: 'openai/gpt-4o', weight: 1 }]] }],
  preferences: [],
  filters: [],
  promptTargets: [],
  limits: { maxRequestBytes: 50 * 1024 * 1024 },
  egress: {},
  routing: {},
  telemetry: { samplingPercent: 0, headerPrefixes: [], staticAttributes: {} },
  secretNames: ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'],
};

export const SECRETS = new Map([
  ['OPENAI_API_KEY', 'openai-secret'],
  ['ANTHROPIC_API_KEY', 'anthropic-secret'],
]);

export interface Fixture {
  readonly envoy: ScriptedEnvoy;
  readonly gateway: Gateway;
  readonly sideCalls: SideCallRequest[];
  readonly logged: { level: string; message: string; fields: object }[];
  /** What the next side calls answer, in order; then a chat completion saying "found it". */
  readonly sideAnswers: (Partial<SideCallResponse> | Error | 'hang')[];
  ready: boolean;
  chosen: readonly string[];
  close(): Promise<void>;
}

export async function startFixture(): Promise<Fixture> {
  const address = socketAddress();
  const state = { ready: true, chosen: ['flight_agent'] as readonly string[] };
  const sideCalls: SideCallRequest[] = [];
  const sideAnswers: Fixture['sideAnswers'] = [];
  const logged: Fixture['logged'] = [];
  const log = recordingLog(logged);
  const chooser: AgentChooser = {
    choose: () =>
      Promise.resolve({ agents: state.chosen, decidedBy: 'encoder', reason: 'scripted', scores: [], margin: 1 }),
  };
  const services: Omit<ListenerServices, 'listener'> = {
    plan: PLAN,
    models: createModelDirectory(PLAN),
    health: createCandidateHealth(),
    wire: inlineRequestWire,
    sideCalls: scriptedSideCalls(sideCalls, sideAnswers),
    telemetry: noTelemetry,
    metrics: noMetrics,
    metering: new Metering(noMetrics, noCounter),
    log,
    secrets: SECRETS,
    random: () => 0,
    now: () => performance.now(),
    isReady: () => state.ready,
    agents: chooser,
  };
  const gateway = new Gateway(PLAN.listeners.map((entry) => ({ ...services, listener: entry })));
  const server: ExtProcServer = await startExtProcServer({
    address,
    gateway,
    telemetry: noTelemetry,
    metrics: noMetrics,
    log,
    isReady: () => state.ready,
    onRecord: () => undefined,
  });
  const envoy = new ScriptedEnvoy(server.address);
  return {
    envoy,
    gateway,
    sideCalls,
    sideAnswers,
    logged,
    get ready() {
      return state.ready;
    },
    set ready(value: boolean) {
      state.ready = value;
    },
    get chosen() {
      return state.chosen;
    },
    set chosen(value: readonly string[]) {
      state.chosen = value;
    },
    async close() {
      envoy.close();
      await server.stop(500);
    },
  };
}

function scriptedSideCalls(calls: SideCallRequest[], answers: Fixture['sideAnswers']): SideCalls {
  return {
    call(request) {
      calls.push(request);
      const answer = answers.shift();
      if (answer instanceof Error) return Promise.reject(answer);
      if (answer === 'hang') {
        return new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      }
      const body = Buffer.from(JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'found it' } }] }));
      return Promise.resolve({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body,
        local: false,
        ...answer,
      });
    },
    close: () => Promise.resolve(),
  };
}

function recordingLog(entries: Fixture['logged']): Log {
  const at =
    (level: string) =>
    (fields: object, message: string): void => {
      entries.push({ level, message, fields });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const noTelemetry: Telemetry = {
  enabled: false,
  tracer: () => trace.getTracer('none'),
  extract: () => context.active(),
  inject: () => ({}),
  customAttributes: () => ({}),
  shutdown: () => Promise.resolve(),
};

const noCounter: TokenCounter = { countPrompt: () => Promise.resolve(undefined), close: () => Promise.resolve() };

const noMetrics: Metrics = {
  requestFinished: () => undefined,
  streamOpened: () => undefined,
  messageReceived: () => undefined,
  attemptStarted: () => undefined,
  upstreamFinished: () => undefined,
  tokensCounted: () => undefined,
  usageMissing: () => undefined,
  estimateMeasured: () => undefined,
  decided: () => undefined,
  render: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
};
