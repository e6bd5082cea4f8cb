import { GatewayError } from '../../wire/errors';
import type { Stage } from '../stage';

/** Which agents answer, in which order. Helpers that fail never fail the request: the default agent takes it. */
export const chooseAgents: Stage = {
  name: 'choose-agents',
  needs: ['request'],
  provides: ['agentDecision'],
  listeners: ['agent'],
  create: ({ agents, telemetry, metrics, log, listener, now }) => {
    if (agents === undefined) throw new Error(`listener "${listener.name}" has no agent chooser`);
    return async function choose(exchange) {
      const started = now();
      const decision = await agents.choose(exchange.get('request').conversation, exchange.signal);
      const elapsedMs = now() - started;
      if (decision.agents.length === 0)
        throw new GatewayError('no_agent', `Listener "${listener.name}" has no agent for this request.`);
      exchange.provide('agentDecision', decision);
      metrics.decided({ kind: 'agents', decider: decision.decidedBy }, elapsedMs / 1000);
      log.info(
        {
          requestId: exchange.requestId,
          listener: listener.name,
          agents: decision.agents,
          decidedBy: decision.decidedBy,
          reason: decision.reason,
          scores: decision.scores,
          elapsedMs: Math.round(elapsedMs * 10) / 10,
        },
        'agents chosen',
      );
      if (telemetry.enabled) {
        const span = telemetry.tracer('orchestrator').startSpan(
          listener.name,
          {
            startTime: new Date(Date.now() - elapsedMs),
            attributes: {
              component: 'orchestrator',
              request_id: exchange.requestId,
              'http.method': exchange.head.method,
              'http.path': exchange.head.path,
              'selection.listener': listener.name,
              'selection.agent_count': decision.agents.length,
              'selection.agents': decision.agents.join(','),
              'selection.decided_by': decision.decidedBy,
              'selection.reason': decision.reason,
              'selection.determination_ms': elapsedMs.toFixed(2),
              ...telemetry.customAttributes(exchange.head.headers),
            },
          },
          exchange.traceContext,
        );
        span.end();
      }
      return undefined;
    };
  },
};
