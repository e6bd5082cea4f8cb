import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import type { ModelDecision } from '../decide/models';
import type { Telemetry } from '../ports/telemetry';
import type { CloseReason, Exchange } from './exchange';

/** Attributes of an llm span, in the names of Plano's dashboards. Never holds prompt text. */
export function llmAttributes(
  exchange: Exchange,
  decision: ModelDecision,
  model: string,
  telemetry: Telemetry,
): Attributes {
  return {
    component: 'llm',
    request_id: exchange.requestId,
    'http.method': exchange.head.method,
    'http.path': exchange.head.path,
    'llm.model': model,
    'llm.provider': model.slice(0, Math.max(model.indexOf('/'), 0)),
    'llm.is_streaming': exchange.get('request').stream,
    'model.requested': decision.requested ?? '',
    'routing.strategy': decision.decidedBy,
    'routing.selection_reason': decision.reason,
    ...telemetry.customAttributes(exchange.head.headers),
  };
}

export function markStatus(span: Span, exchange: Exchange, reason: CloseReason): void {
  const status = exchange.responseStatus;
  if (status !== undefined) span.setAttribute('http.status_code', status);
  if (reason === 'cancelled') span.setAttribute('outerloop.cancelled', true);
  if (reason === 'failed' || (status !== undefined && status >= 400)) span.setStatus({ code: SpanStatusCode.ERROR });
}
