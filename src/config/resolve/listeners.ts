import { isIP } from 'node:net';
import type { CheckContext } from '../check-context';
import { pathText } from '../config-document';
import type { ListenerDraft } from '../draft';
import type { ListenerAgentPlan, ListenerPlan, ListenerType } from '../plan';
import { resolveReferences } from '../resolve-url';
import { durationOf } from './durations';
import { resolveFailover } from './failover';

const DEFAULT_PORTS: Readonly<Record<ListenerType, number | undefined>> = {
  model: 12_000,
  prompt: 10_000,
  agent: undefined,
};
const DEFAULT_TIMEOUTS_MS: Readonly<Record<ListenerType, number>> = { model: 300_000, prompt: 300_000, agent: 30_000 };

/** Where every Outerloop offers its metrics. */
const METRICS = { address: '127.0.0.1', port: 9092 } as const;

/** What is written binds to every interface unless it says otherwise, as in Plano. */
const DEFAULT_ADDRESS = '0.0.0.0';

interface BoundListener {
  readonly plan: ListenerPlan;
  readonly draft: ListenerDraft;
}

/** Listeners with their defaults. Agent listeners without agents are left out (the rules told why). */
export function resolveListeners(context: CheckContext): readonly ListenerPlan[] {
  const bound = (context.draft.listeners ?? []).flatMap((draft): BoundListener[] => {
    const plan = resolveListener(draft, context);
    return plan === undefined ? [] : [{ plan, draft }];
  });
  checkPorts(bound, context);
  return bound.map(({ plan }) => plan);
}

function resolveListener(draft: ListenerDraft, context: CheckContext): ListenerPlan | undefined {
  const { type, name } = draft;
  if (type === undefined) return undefined;
  const timeoutMs = durationOf(context, draft, 'timeout', draft.timeout, DEFAULT_TIMEOUTS_MS[type]);
  const address = resolveAddress(draft, context);
  const agents = type === 'agent' ? resolveListenerAgents(draft, context) : [];
  if (type === 'agent' && agents.length === 0) return undefined;
  const port = resolvePort(draft, type, context);
  if (address === undefined || port === undefined || name === undefined) return undefined;
  return {
    type,
    name,
    address,
    port,
    timeoutMs,
    maxRetries: type === 'model' ? (draft.max_retries ?? 0) : 0,
    implicit: draft.implicit === true,
    agents,
    inputFilters: draft.input_filters ?? [],
    outputFilters: draft.output_filters ?? [],
    ...(type === 'model' ? resolveFailover(context, draft.failover) : {}),
    ...(type === 'model' && draft.usage === 'exact' ? { usage: 'exact' } : {}),
  };
}

function resolveListenerAgents(draft: ListenerDraft, context: CheckContext): readonly ListenerAgentPlan[] {
  const registry = new Map((context.draft.agents ?? []).map((agent) => [agent.id, agent]));
  const byId = new Map<string, ListenerAgentPlan>();
  for (const agent of draft.agents ?? []) {
    if (agent.id === undefined || byId.has(agent.id)) continue;
    byId.set(agent.id, {
      id: agent.id,
      description: agent.description ?? '',
      default: agent.default === true && ![...byId.values()].some((earlier) => earlier.default),
      examples: [...new Set([...(agent.examples ?? []), ...(registry.get(agent.id)?.examples ?? [])])],
      inputFilters: agent.input_filters ?? [],
    });
  }
  return [...byId.values()];
}

function resolveAddress(draft: ListenerDraft, context: CheckContext): string | undefined {
  if (draft.address === undefined) return DEFAULT_ADDRESS;
  const address = resolveReferences(context, draft, 'address', draft.address);
  if (address === undefined) return undefined;
  if (address === 'localhost') return '127.0.0.1';
  const bare = address.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return bare;
  context.problems.add('invalid_address', context.document.place(draft, 'address'), {
    message: `The listener \`${draft.name ?? ''}\` binds to \`${draft.address}\`, which is no IP address.`,
  });
  return undefined;
}

function resolvePort(draft: ListenerDraft, type: ListenerType, context: CheckContext): number | undefined {
  const { document, problems } = context;
  if (draft.port === undefined) {
    // A port that was written but wrong has been reported and dropped; it is no missing port.
    const written = document.isWritten(draft, 'port');
    if (DEFAULT_PORTS[type] === undefined && !written) {
      problems.add('missing_port', document.place(draft), {
        message: `The agent listener \`${draft.name ?? ''}\` has no \`port\`.`,
      });
    }
    return written ? undefined : DEFAULT_PORTS[type];
  }
  if (typeof draft.port === 'number') return draft.port;
  const text = resolveReferences(context, draft, 'port', draft.port);
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  problems.add('invalid_port', document.place(draft, 'port'), {
    message: `\`${pathText(document.pathOf(draft, 'port'))}\` comes from \`${draft.port}\` and is \`${text}\`, which is no port.`,
  });
  return undefined;
}

function checkPorts(bound: readonly BoundListener[], { document, problems }: CheckContext): void {
  bound.forEach(({ plan, draft }, index) => {
    if (plan.port === METRICS.port && overlap(plan.address, METRICS.address)) {
      problems.add('port_clash', document.place(draft, 'port'), {
        message: `The listener \`${plan.name}\` wants port ${plan.port}, where the metrics are offered (${METRICS.address}:${METRICS.port}).`,
        fix: 'Give the listener another port.',
      });
    }
    const other = bound
      .slice(0, index)
      .find((earlier) => earlier.plan.port === plan.port && overlap(earlier.plan.address, plan.address));
    if (other === undefined) return;
    // The implicit listener is not in the file: the written one has to move.
    const [blamed, holder] = plan.implicit ? [other, plan] : [{ plan, draft }, other.plan];
    problems.add('port_clash', document.place(blamed.draft, 'port'), {
      message: `The listener \`${blamed.plan.name}\` wants port ${plan.port}, which belongs to ${describe(holder)}.`,
    });
  });
}

function describe(listener: ListenerPlan): string {
  const name = `the listener \`${listener.name}\``;
  return listener.implicit ? `${name} that is opened for \`model_providers\`` : name;
}

/** Whether two bind addresses cannot have the same port: equal, or one of them stands for every interface. */
function overlap(a: string, b: string): boolean {
  const everywhere = (address: string): boolean => address === '0.0.0.0' || /^[0:]+$/.test(address);
  return a === b || everywhere(a) || everywhere(b);
}
