import { SpanKind } from '@opentelemetry/api';
import { GatewayError } from '../../wire/errors';
import type { AgentPlan } from '../../config/plan';
import type { Exchange, ResponseHead } from '../exchange';
import { headerText } from '../header-text';
import type { HeaderChanges, ResponseOutcome } from '../mutation';
import { passThrough, rewriteAnswer } from '../response';
import type { ListenerServices } from '../services';
import { markStatus } from '../spans';
import type { Stage } from '../stage';
import { withheldHeaders } from '../upstream-headers';

/** Hands the request to the last chosen agent: Envoy streams its answer straight to the client, status and all. */
export const renderAgent: Stage = {
  name: 'render-agent',
  needs: ['dialect', 'body', 'request', 'agentDecision', 'agentBody'],
  provides: ['forward', 'attempts', 'response'],
  listeners: ['agent'],
  create: (services) => {
    const agents = new Map(services.plan.agents.map((agent) => [agent.id, agent]));
    const authorities = new Map(services.plan.upstreams.map((upstream) => [upstream.id, upstream.authority]));
    return function render(exchange) {
      const id = exchange.get('agentDecision').agents.at(-1) ?? '';
      const agent = agents.get(id);
      if (agent === undefined) throw new GatewayError('no_agent', `Agent "${id}" is not configured.`);
      const body = exchange.get('agentBody');
      const headers = agentHeaders(agent, authorities.get(agent.upstream) ?? agent.upstream, exchange);
      exchange.provide('forward', {
        kind: 'forward',
        headers: { set: { ...headers.set, ...lastLeg(exchange, services) }, remove: headers.remove },
        ...(body === exchange.get('body') ? {} : { body }),
        clusters: [agent.upstream],
      });
      exchange.provide('attempts', () => Promise.resolve({ headers, body }));
      exchange.provide('response', (head) => respond(head, exchange, services));
      startSpan(agent, exchange, services);
      return undefined;
    };
  },
};

/**
 * Instructions for Envoy's router. Agents act on the world: nothing is repeated for them. The time that earlier agents took
 * counts: the listener's timeout is for the whole request.
 */
function lastLeg(exchange: Exchange, { listener, now }: ListenerServices): Record<string, string> {
  const leftMs = Math.max(1, Math.round(listener.timeoutMs - (now() - exchange.startedMs)));
  const several = exchange.get('agentDecision').agents.length > 1;
  return { 'x-envoy-max-retries': '0', ...(several ? { 'x-envoy-upstream-rq-timeout-ms': String(leftMs) } : {}) };
}

function agentHeaders(agent: AgentPlan, authority: string, exchange: Exchange): HeaderChanges {
  const remove = withheldHeaders(exchange.head.headers);
  // A translated answer must be read, and agents rarely compress: ask for plain bytes only then.
  if (exchange.get('dialect') !== 'openai.chat') remove.push('accept-encoding');
  return { set: { ':path': agent.path, ':authority': authority }, remove };
}

function respond(head: ResponseHead, exchange: Exchange, services: ListenerServices): ResponseOutcome {
  const { agents } = exchange.get('agentDecision');
  // When Envoy answers for the last agent, that one did not work.
  const worked = head.fromUpstream ? agents : agents.slice(0, -1);
  const set: Record<string, string> = worked.length === 0 ? {} : { 'x-outerloop-agents': headerText(worked.join(',')) };
  const warnings = exchange.find('warnings') ?? [];
  if (warnings.length > 0) set['x-outerloop-warnings'] = headerText(warnings.join('; '));
  const client = exchange.get('dialect');
  if (!head.fromUpstream || client === 'openai.chat') return passThrough(set, []);
  const request = exchange.get('request');
  const model = request.model ?? '';
  return rewriteAnswer({
    head,
    set,
    context: {
      requestModel: model,
      upstreamModel: model,
      stream: request.stream,
      includeUsage: request.includeUsage,
      ...exchange.find('agentRendering'),
      answerId: exchange.id,
      createdSeconds: Math.floor(Date.now() / 1000),
      client,
      upstream: 'openai.chat',
      status: head.status,
      contentType: head.headers.get('content-type'),
    },
    maxBytes: services.plan.limits.maxRequestBytes,
  });
}

function startSpan(agent: AgentPlan, exchange: Exchange, { telemetry }: ListenerServices): void {
  if (!telemetry.enabled) return;
  const span = telemetry.tracer('agent').startSpan(
    `${agent.id} ${agent.path}`,
    {
      kind: SpanKind.CLIENT,
      attributes: {
        agent_id: agent.id,
        'agent.final': true,
        message_count: exchange.get('request').messageCount,
        request_id: exchange.requestId,
        ...telemetry.customAttributes(exchange.head.headers),
      },
    },
    exchange.traceContext,
  );
  exchange.onClose((reason) => {
    markStatus(span, exchange, reason);
    span.end();
  });
}
