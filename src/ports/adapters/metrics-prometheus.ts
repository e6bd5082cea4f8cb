/** Counters and timings through prom-client, in a registry of their own. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics, ModelLabels, TokenFigures } from '../metrics';

/** Buckets of Plano's `brightstaff_http_request_duration_seconds`, so that its dashboards keep their shape. */
const REQUEST_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Decisions take from microseconds (an alias) to seconds (a router model). */
const DECISION_BUCKETS_SECONDS = [
  0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
/** Buckets of Plano's `brightstaff_llm_…_seconds`. */
const MODEL_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const ERROR_RATIO_BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
]);
const STATUS_CLASSES: ReadonlySet<string> = new Set(['1xx', '2xx', '3xx', '4xx', '5xx']);
/** Models come from the Plan, but wildcards let callers name any: past this many, new ones are counted together. */
const MAX_MODELS = 500;
const MAX_NAMES = 100;
const MAX_ATTEMPT = 10;

export interface MetricsOptions {
  readonly version?: string;
  /** Commit the build was made from. */
  readonly gitSha?: string;
}

/**
 * Metrics of one process. Names and labels are Plano's where it has such a metric (`brightstaff_…`), else `outerloop_…`.
 * Every label has a bounded number of values; what does not fit is counted as `other`. Process and event-loop figures
 * (`process_…`, `nodejs_eventloop_lag_…`) come from prom-client.
 */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'brightstaff_build_info',
    help: 'Version of the running sidecar; always 1.',
    labelNames: ['version', 'git_sha'],
    registers: [registry],
  }).set({ version: options.version ?? 'unknown', git_sha: options.gitSha ?? 'unknown' }, 1);
  return {
    ...requestMetrics(registry),
    ...streamMetrics(registry),
    ...routingMetrics(registry),
    ...upstreamMetrics(registry),
    ...tokenMetrics(registry),
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function requestMetrics(registry: Registry): Required<Pick<Metrics, 'requestStarted' | 'requestFinished'>> {
  const requests = new Counter({
    name: 'brightstaff_http_requests_total',
    help: 'Requests answered.',
    labelNames: ['handler', 'method', 'status_class'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'brightstaff_http_request_duration_seconds',
    help: 'Duration of requests.',
    labelNames: ['handler'],
    buckets: REQUEST_BUCKETS_SECONDS,
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: 'brightstaff_http_in_flight_requests',
    help: 'Requests being handled now.',
    labelNames: ['handler'],
    registers: [registry],
  });
  const handlerLabel = boundedLabel(MAX_NAMES);
  const running = new Map<string, number>();
  const changeRunning = (handler: string, change: number): void => {
    const count = (running.get(handler) ?? 0) + change;
    // Finished without started: the caller does not count requests in flight.
    if (count < 0) return;
    running.set(handler, count);
    inFlight.set({ handler }, count);
  };
  return {
    requestStarted: (name) => changeRunning(handlerLabel(name), 1),
    requestFinished: (labels, seconds) => {
      const handler = handlerLabel(labels.handler);
      const method = METHODS.has(labels.method) ? labels.method : 'OTHER';
      const status_class = STATUS_CLASSES.has(labels.statusClass) ? labels.statusClass : 'other';
      requests.inc({ handler, method, status_class });
      durations.observe({ handler }, seconds);
      changeRunning(handler, -1);
    },
  };
}

function streamMetrics(registry: Registry): Pick<Metrics, 'streamOpened' | 'messageReceived'> {
  const streams = new Counter({
    name: 'outerloop_extproc_streams_total',
    help: 'ext_proc streams that Envoy opened: one per request, and one per attempt after the first.',
    labelNames: ['role'],
    registers: [registry],
  });
  const messages = new Counter({
    name: 'outerloop_extproc_messages_total',
    help: 'Messages received on ext_proc streams.',
    labelNames: ['role', 'phase'],
    registers: [registry],
  });
  const phaseLabel = boundedLabel(MAX_NAMES);
  return {
    streamOpened: (role) => streams.inc({ role }),
    messageReceived: (role, phase) => messages.inc({ role, phase: phaseLabel(phase) }),
  };
}

function routingMetrics(registry: Registry): Pick<Metrics, 'attemptStarted' | 'decided'> {
  const attempts = new Counter({
    name: 'outerloop_attempts_total',
    help: 'Attempts at candidates; attempt 2 and up are retries and failovers.',
    labelNames: ['provider', 'model', 'attempt'],
    registers: [registry],
  });
  const decisions = new Counter({
    name: 'outerloop_decisions_total',
    help: 'Decisions, by what was decided and who decided it.',
    labelNames: ['kind', 'decider'],
    registers: [registry],
  });
  const decisionSeconds = new Histogram({
    name: 'outerloop_decision_duration_seconds',
    help: 'Time a decision took.',
    labelNames: ['kind'],
    buckets: DECISION_BUCKETS_SECONDS,
    registers: [registry],
  });
  const [providerLabel, modelLabel] = [boundedLabel(MAX_NAMES), boundedLabel(MAX_MODELS)];
  const [kindLabel, deciderLabel] = [boundedLabel(MAX_NAMES), boundedLabel(MAX_NAMES)];
  return {
    attemptStarted: ({ provider, model, attempt }) => {
      const attemptText = attempt > MAX_ATTEMPT ? 'other' : String(attempt);
      attempts.inc({ provider: providerLabel(provider), model: modelLabel(model), attempt: attemptText });
    },
    decided: ({ kind, decider }, seconds) => {
      const boundedKind = kindLabel(kind);
      decisions.inc({ kind: boundedKind, decider: deciderLabel(decider) });
      decisionSeconds.observe({ kind: boundedKind }, seconds);
    },
  };
}

/** How calls of models went. Fed by the access log, once per request. */
function upstreamMetrics(registry: Registry): Pick<Metrics, 'upstreamFinished'> {
  const registers = [registry];
  const requests = new Counter({
    name: 'brightstaff_llm_upstream_requests_total',
    help: 'Requests that asked a model, by the one that was asked last.',
    labelNames: ['provider', 'model', 'status_class', 'error_class'],
    registers,
  });
  const durations = new Histogram({
    name: 'brightstaff_llm_upstream_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['provider', 'model'],
    buckets: MODEL_BUCKETS_SECONDS,
    registers,
  });
  const firstBytes = new Histogram({
    name: 'brightstaff_llm_time_to_first_token_seconds',
    help: 'Time from a request to the first byte of its answer.',
    labelNames: ['provider', 'model'],
    buckets: MODEL_BUCKETS_SECONDS,
    registers,
  });
  const bounded = boundedModel();
  return {
    upstreamFinished: ({ statusClass, errorClass, ...labels }, { seconds, firstByteSeconds }) => {
      const who = bounded(labels);
      const status_class = STATUS_CLASSES.has(statusClass) ? statusClass : 'error';
      requests.inc({ ...who, status_class, error_class: errorClass });
      durations.observe({ ...who }, seconds);
      if (firstByteSeconds !== undefined) firstBytes.observe({ ...who }, firstByteSeconds);
    },
  };
}

/** What calls of models cost. */
function tokenMetrics(registry: Registry): Pick<Metrics, 'tokensCounted' | 'usageMissing' | 'estimateMeasured'> {
  const registers = [registry];
  const tokens = new Counter({
    name: 'brightstaff_llm_tokens_total',
    help: 'Tokens, as the vendor counts them; estimated="true" where it did not say and they were estimated.',
    labelNames: ['provider', 'model', 'kind', 'estimated'],
    registers,
  });
  const missing = new Counter({
    name: 'brightstaff_llm_tokens_usage_missing_total',
    help: 'Answers whose vendor did not say how many tokens they took.',
    labelNames: ['provider', 'model'],
    registers,
  });
  const errors = new Histogram({
    name: 'outerloop_token_estimate_error_ratio',
    help: 'Distance of estimated tokens from the vendor’s count, for a sample of the streams that tell it; 0.1 is 10 %.',
    labelNames: ['provider', 'model', 'kind'],
    buckets: ERROR_RATIO_BUCKETS,
    registers,
  });
  const bounded = boundedModel();
  return {
    tokensCounted: (labels, counts, estimated = false) => {
      const who = { ...bounded(labels), ...(estimated ? { estimated: 'true' } : {}) };
      for (const [kind, count] of tokenKinds(counts)) tokens.inc({ ...who, kind }, count);
    },
    usageMissing: (labels) => missing.inc({ ...bounded(labels) }),
    estimateMeasured: ({ kind, ...labels }, errorRatio) => errors.observe({ ...bounded(labels), kind }, errorRatio),
  };
}

function boundedModel(): (labels: ModelLabels) => ModelLabels {
  const [providerLabel, modelLabel] = [boundedLabel(MAX_NAMES), boundedLabel(MAX_MODELS)];
  return ({ provider, model }) => ({ provider: providerLabel(provider), model: modelLabel(model) });
}

function tokenKinds({
  prompt,
  completion,
  cacheRead,
  cacheWrite,
}: TokenFigures): readonly (readonly [string, number])[] {
  const figures = [
    ['prompt', prompt],
    ['completion', completion],
    ['cache_read', cacheRead],
    ['cache_write', cacheWrite],
  ] as const;
  return figures.flatMap(([kind, count]) => (count === undefined ? [] : [[kind, count] as const]));
}

/** Lets the first `max` distinct values through and turns every later one into `other`. */
function boundedLabel(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return 'other';
    known.add(value);
    return value;
  };
}
