import type { AgentDecision } from '../../decide/agents';
import { GatewayError } from '../../wire/errors';
import type { Exchange } from '../exchange';
import type { ListenerServices } from '../services';
import type { Stage } from '../stage';

const MAX_CHOICE_MS = 1000;

/** Which agents answer, in which order. Helpers that fail never fail the request: the default agent takes it. */
export const chooseAgents: Stage = {
  name: 'choose-agents',
  needs: ['request'],
  provides: ['agentDecision'],
  listeners: ['agent'],
  create: (services) => {
    const { agents, listener, now } = services;
    if (agents === undefined) throw new Error(`listener "${listener.name}" has no agent chooser`);
    return async function choose(exchange) {
      const started = now();
      // The chooser takes an abort as "default agent": a busy encoder may cost quality, never a second of waiting.
      const signal = AbortSignal.any([exchange.signal, AbortSignal.timeout(MAX_CHOICE_MS)]);
      const decision = await agents.choose(exchange.get('request').conversation, signal);
      if (decision.agents.length === 0) {
        throw new GatewayError('no_agent', `Listener "${listener.name}" has no agent for this request.`);
      }
      exchange.provide('agentDecision', decision);
      report(decision, now() - started, exchange, services);
      return undefined;
    };
  },
};

/** One log line, one metric and one span per decision; none of them holds text of the request. */
function report(decision: AgentDecision, elapsedMs: number, exchange: Exchange, services: ListenerServices): void {
  const { metrics, log, listener, telemetry } = services;
  const { agents, decidedBy, reason, scores } = decision;
  metrics.decided({ kind: 'agents', decider: decidedBy }, elapsedMs / 1000);
  log.info(
    {
      requestId: exchange.requestId,
      listener: listener.name,
      agents,
      decidedBy,
      reason,
      scores,
      elapsedMs: Math.round(elapsedMs * 10) / 10,
    },
    'agents chosen',
  );
  if (!telemetry.enabled) return;
  const attributes = {
    component: 'orchestrator',
    request_id: exchange.requestId,
    'http.method': exchange.head.method,
    'http.path': exchange.head.path,
    'selection.listener': listener.name,
    'selection.agent_count': agents.length,
    'selection.agents': agents.join(','),
    'selection.decided_by': decidedBy,
    'selection.reason': reason,
    'selection.determination_ms': elapsedMs.toFixed(2),
    ...telemetry.customAttributes(exchange.head.headers),
  };
  const startTime = new Date(Date.now() - elapsedMs);
  telemetry.tracer('orchestrator').startSpan(listener.name, { startTime, attributes }, exchange.traceContext).end();
}
