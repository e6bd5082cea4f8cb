/** Builds Plans in code for tests: everything has a default, and what a test is about stands out. */
import { createHash } from 'node:crypto';
import { PLAN_FORMAT, type ListenerPlan, type Plan, type UpstreamPlan, type Wiring } from '../../src/config/plan';

export function buildListener(changes: Partial<ListenerPlan> = {}): ListenerPlan {
  return {
    type: 'model',
    name: 'llm',
    address: '127.0.0.1',
    port: 12_000,
    timeoutMs: 300_000,
    maxRetries: 0,
    implicit: false,
    agents: [],
    inputFilters: [],
    outputFilters: [],
    ...changes,
  };
}

export function buildUpstream(changes: Partial<UpstreamPlan> = {}): UpstreamPlan {
  const merged = { host: 'api.example.com', port: 443, tls: true, ...changes };
  return {
    id: 'provider:example',
    kind: 'provider',
    authority: merged.host,
    http2: merged.tls ? 'alpn' : 'off',
    connectTimeoutMs: 5000,
    prefixAffinity: false,
    ...merged,
  };
}

/** A Plan with one model listener and no upstreams unless told otherwise; the hash follows the content. */
export function buildPlan(changes: Partial<Plan> = {}): Plan {
  const plan: Plan = {
    format: PLAN_FORMAT,
    hash: '',
    source: 'plano_config.yaml',
    listeners: [buildListener()],
    upstreams: [],
    agents: [],
    models: [],
    aliases: [],
    preferences: [],
    filters: [],
    promptTargets: [],
    limits: { maxRequestBytes: 50 * 1024 * 1024 },
    egress: { caPath: '/etc/ssl/certs/ca-certificates.crt' },
    routing: {},
    telemetry: { samplingPercent: 0, headerPrefixes: [], staticAttributes: {} },
    secretNames: [],
    ...changes,
  };
  return { ...plan, hash: createHash('sha256').update(JSON.stringify(plan)).digest('hex') };
}

export function buildWiring(changes: Partial<Wiring> = {}): Wiring {
  return {
    sidecar: 'unix:/run/outerloop/sidecar.sock',
    egress: 'unix:/run/outerloop/egress.sock',
    admin: { address: '127.0.0.1', port: 0 },
    ...changes,
  };
}
