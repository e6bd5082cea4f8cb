import { sealPlan, type FailoverPlan, type ListenerPlan, type ModelPlan, type Plan } from '../../config';

/** Limits that are long enough for a stand-in on the same machine, and short enough to sit through. */
const ATTEMPT_LIMIT_MS = 1_000;
const REQUEST_LIMIT_MS = 60_000;

export const CALLER_KEY = 'drill-key-of-the-caller';

/** The placeholder that stands for every secret of a model in the drill; no key contains another. */
export function drillKey(model: Pick<ModelPlan, 'name'>, models: readonly ModelPlan[]): string {
  return `drill-key-${models.findIndex(({ name }) => name === model.name)}-end`;
}

/**
 * The Plan with stand-ins in place of all providers: their ports, placeholder keys, short times, one model listener on
 * loopback. Models, aliases and failover stay what they are.
 *
 * @param ports by upstream id
 */
export function drillPlan(plan: Plan, ports: ReadonlyMap<string, number>, listenerPort: number): Plan {
  const { hash: _, ...content } = plan;
  return sealPlan({
    ...content,
    listeners: [drillListener(plan, listenerPort)],
    upstreams: plan.upstreams.flatMap(({ awsSigning: _signing, ...upstream }) => {
      const port = ports.get(upstream.id);
      if (port === undefined) return [];
      return [{ ...upstream, host: '127.0.0.1', port, tls: false, http2: 'off', connectTimeoutMs: ATTEMPT_LIMIT_MS }];
    }),
    agents: [],
    filters: [],
    promptTargets: [],
    models: plan.models.map((model) => withPlaceholders(model, plan.models)),
    aliases: plan.aliases.map((alias) => ({ ...alias, ...shortened(alias.failover) })),
    telemetry: { samplingPercent: 0, headerPrefixes: [], staticAttributes: {} },
    secretNames: [],
  });
}

/** The model listener of the file, else a plain one: what its chains are asked through. */
export function drillListener(plan: Plan, port: number): ListenerPlan {
  const written = plan.listeners.find((listener) => listener.type === 'model');
  const { failover } = shortened(written?.failover ?? {});
  return {
    type: 'model',
    name: 'drill',
    address: '127.0.0.1',
    port,
    timeoutMs: REQUEST_LIMIT_MS,
    maxRetries: written?.maxRetries ?? 0,
    implicit: false,
    agents: [],
    inputFilters: [],
    outputFilters: [],
    failover: { perTryTimeoutMs: ATTEMPT_LIMIT_MS, ...failover },
  };
}

function shortened(failover: FailoverPlan | undefined): { readonly failover?: FailoverPlan } {
  if (failover === undefined) return {};
  const { perTryTimeoutMs, firstTokenTimeoutMs } = failover;
  const short = (timeoutMs: number): number => Math.min(timeoutMs, ATTEMPT_LIMIT_MS);
  return {
    failover: {
      ...failover,
      ...(perTryTimeoutMs === undefined ? {} : { perTryTimeoutMs: short(perTryTimeoutMs) }),
      ...(firstTokenTimeoutMs === undefined ? {} : { firstTokenTimeoutMs: short(firstTokenTimeoutMs) }),
    },
  };
}

/** The identity of a machine in a cloud gives way to a placeholder too: the drill asks nobody for tokens. */
function withPlaceholders(model: ModelPlan, models: readonly ModelPlan[]): ModelPlan {
  const { identity: _, ...plain } = model;
  const key = drillKey(model, models);
  const headers = Object.entries(model.headers).map(([name, template]) => [
    name,
    template.map((part) => (typeof part === 'string' ? part : key)),
  ]);
  return {
    ...plain,
    credential: [key],
    passthroughAuth: false,
    headers: Object.fromEntries(headers) as ModelPlan['headers'],
  };
}
