import { SpanKind, SpanStatusCode, trace as traceApi, type Span } from '@opentelemetry/api';
import type { AgentPlan } from '../../config/plan';
import type { EarlierAnswer } from '../../wire/api';
import { answerText } from '../../wire';
import { GatewayError } from '../../wire/errors';
import { agentCallHeaders } from '../agent-headers';
import type { Exchange } from '../exchange';
import type { ListenerServices } from '../services';
import type { Stage } from '../stage';

/**
 * Runs all chosen agents but the last one, in order, through Envoy's egress listener. Each sees what the earlier ones found.
 * A failing agent stops the chain: its error never becomes another agent's input.
 */
export const runAgents: Stage = {
  name: 'run-agents',
  needs: ['dialect', 'body', 'request', 'agentDecision'],
  provides: ['agentBody', 'earlierAnswers'],
  listeners: ['agent'],
  create: (services) => {
    const agents = new Map(services.plan.agents.map((agent) => [agent.id, agent]));
    return async function run(exchange) {
      const chosen = exchange.get('agentDecision').agents;
      const chatBody = await bodyForAgents(exchange, services);
      const answers: EarlierAnswer[] = [];
      if (chosen.length > 1) exchange.extendDeadline(services.listener.timeoutMs);
      for (const id of chosen.slice(0, -1)) {
        const agent = agents.get(id);
        if (agent === undefined) throw new GatewayError('no_agent', `Agent "${id}" is not configured.`);
        const body = await services.wire.withEarlierAnswers(chatBody, answers);
        answers.push({ name: id, text: await callAgent(agent, body, exchange, services) });
      }
      exchange.provide('earlierAnswers', answers);
      exchange.provide(
        'agentBody',
        answers.length === 0 ? chatBody : await services.wire.withEarlierAnswers(chatBody, answers),
      );
      return undefined;
    };
  },
};

/** Agents speak OpenAI chat; other callers are translated, both ways. */
async function bodyForAgents(exchange: Exchange, { wire }: ListenerServices): Promise<Buffer> {
  const dialect = exchange.get('dialect');
  const body = exchange.get('body');
  if (dialect === 'openai.chat') return body;
  const request = exchange.get('request');
  const model = request.model ?? '';
  const rendered = await wire.render(dialect, 'openai.chat', body, {
    requestModel: model,
    upstreamModel: model,
    stream: request.stream,
    includeUsage: request.includeUsage,
  });
  exchange.provide('warnings', rendered.warnings);
  const { body: agentBody, toolNames, remembered } = rendered;
  exchange.provide('agentRendering', {
    ...(toolNames === undefined ? {} : { toolNames }),
    ...(remembered === undefined ? {} : { remembered }),
  });
  return agentBody;
}

/** Text of the agent's answer. Throws GatewayError agent_failed, with the status that fits the cause. */
async function callAgent(
  agent: AgentPlan,
  body: Buffer,
  exchange: Exchange,
  services: ListenerServices,
): Promise<string> {
  const span = services.telemetry.tracer('agent').startSpan(
    `${agent.id} ${agent.path}`,
    {
      kind: SpanKind.CLIENT,
      attributes: { agent_id: agent.id, 'agent.final': false, request_id: exchange.requestId },
    },
    exchange.traceContext,
  );
  try {
    return await askAgent(agent, body, exchange, services, span);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    if (!(error instanceof GatewayError) || error.code === 'agent_failed') throw error;
    const message = `Agent "${agent.id}" could not be used: ${error.message}`;
    throw new GatewayError('agent_failed', message, { cause: error, status: error.status });
  } finally {
    span.end();
  }
}

async function askAgent(
  agent: AgentPlan,
  body: Buffer,
  exchange: Exchange,
  { telemetry, sideCalls, listener, plan, now }: ListenerServices,
  span: Span,
): Promise<string> {
  const trace = telemetry.inject(traceApi.setSpan(exchange.traceContext, span));
  const answer = await sideCalls.call({
    upstream: agent.upstream,
    method: 'POST',
    path: agent.path,
    headers: agentCallHeaders(exchange.head.headers, trace),
    body,
    timeoutMs: Math.max(1, Math.round(listener.timeoutMs - (now() - exchange.startedMs))),
    signal: exchange.signal,
    maxResponseBytes: plan.limits.maxRequestBytes,
  });
  span.setAttribute('http.status_code', answer.status);
  if (answer.status >= 400) throw agentFailed(agent.id, `answered with status ${answer.status}`);
  const text = answerText(answer.body, answer.headers['content-type']);
  if (text === undefined) throw agentFailed(agent.id, 'answered with something that is not a chat completion');
  return text;
}

function agentFailed(id: string, what: string): GatewayError {
  return new GatewayError('agent_failed', `Agent "${id}" ${what}, so the agents after it were not asked.`);
}
