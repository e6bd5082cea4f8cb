import { SpanKind } from '@opentelemetry/api';
import type { ModelCandidate } from '../../decide/models';
import { bodyQuirks } from '../../providers/registry';
import { rewritesAnswers } from '../../wire';
import type { DialectId, RenderedRequest, TranslateContext } from '../../wire/api';
import type { AnswerNote, Exchange, ResponseHead } from '../exchange';
import { headerText } from '../header-text';
import { readyTargets, type ReadyTarget } from '../model-targets';
import type { Answerer, AttemptRendering, Forward, HeaderChanges, ResponseOutcome } from '../mutation';
import { llmAttributes, markStatus } from '../spans';
import { RequestFailover } from '../request-failover';
import { passThrough, rewriteAnswer } from '../response';
import type { ListenerServices } from '../services';
import type { Stage } from '../stage';
import { demandsUsage, isEventStream, sameAnswer, tellsUsage, type ModelCall } from '../stream-usage';
import { absoluteChanges, dialectHeaderNames, withheldHeaders } from '../upstream-headers';

/**
 * Renders the first candidate for the front reply and keeps what later attempts need: each one is rendered from the
 * original body, for its own API and with its own credentials.
 */
export const renderModel: Stage = {
  name: 'render-model',
  needs: ['dialect', 'body', 'request', 'candidates', 'modelDecision'],
  provides: ['forward', 'attempts', 'answerWatch', 'response', 'warnings'],
  listeners: ['model', 'prompt'],
  create: (services) => {
    const authorities = new Map(services.plan.upstreams.map((upstream) => [upstream.id, upstream.authority]));
    return async function render(exchange) {
      const targets = readyTargets(exchange, authorities, services);
      const renderer = new ModelRenderer(exchange, services, targets);
      exchange.provide('forward', await renderer.forward());
      exchange.provide('attempts', (attempt, earlier) => renderer.attempt(attempt, earlier));
      exchange.provide('answerWatch', renderer.failover);
      exchange.provide('response', (head, attempt) => renderer.respond(head, attempt));
      return undefined;
    };
  },
};

/** Full public name of a candidate, e.g. `openai/gpt-4o`. */
function candidateName(candidate: ModelCandidate): string {
  return `${candidate.model.prefix}/${candidate.modelId}`;
}

class ModelRenderer {
  readonly failover: RequestFailover;
  private readonly client: DialectId;
  private readonly withheld: readonly string[];
  private readonly headerNames: ReadonlySet<string>;
  /** What the latest attempt's rendering left behind for its answer. */
  private rendered: RenderedRequest | undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly services: ListenerServices,
    private readonly targets: readonly ReadyTarget[],
  ) {
    this.client = exchange.get('dialect');
    const caller = exchange.head.headers;
    this.withheld = withheldHeaders(caller);
    this.failover = new RequestFailover(
      exchange,
      services,
      targets.map(({ candidate }) => candidate),
    );
    this.headerNames = new Set([
      ...targets.flatMap((target) => Object.keys(target.headers)),
      ...dialectHeaderNames(caller),
    ]);
  }

  async forward(): Promise<Forward> {
    const rendered = await this.renderBody(1);
    const changes = this.changesFor(1);
    const set = { ...changes.set, ...this.failover.headers() };
    this.startSpan();
    this.count(1);
    const original = this.exchange.get('body');
    return {
      kind: 'forward',
      headers: { set, remove: changes.remove },
      ...(rendered.body === original ? {} : { body: rendered.body }),
      clusters: this.failover.clusters(),
      answerer: this.answerer(1),
    };
  }

  async attempt(attempt: number, earlier: AnswerNote | undefined): Promise<AttemptRendering> {
    if (attempt > 1) this.failover.report(attempt - 1, earlier);
    const rendered = await this.renderBody(attempt);
    this.count(attempt);
    return { headers: this.changesFor(attempt), body: rendered.body, answerer: this.answerer(attempt) };
  }

  respond(head: ResponseHead, attempt: number): ResponseOutcome {
    const target = this.target(attempt);
    this.failover.report(attempt, head.fromUpstream ? head : undefined);
    if (!head.fromUpstream) return passThrough({}, []);
    const set: Record<string, string> = { 'x-outerloop-model': headerText(candidateName(target.candidate)) };
    if (this.warnings.length > 0) set['x-outerloop-warnings'] = headerText(this.warnings.join('; '));
    this.expectTokens(head, attempt);
    if (!rewritesAnswers(this.client, target.api)) {
      return sameAnswer(this.call(attempt), head, set, this.services.plan.limits.maxRequestBytes);
    }
    return rewriteAnswer({
      head,
      set,
      context: {
        ...this.context(attempt),
        ...(this.rendered?.toolNames === undefined ? {} : { toolNames: this.rendered.toolNames }),
        ...(this.rendered?.remembered === undefined ? {} : { remembered: this.rendered.remembered }),
        answerId: this.exchange.id,
        createdSeconds: Math.floor(Date.now() / 1000),
        client: this.client,
        upstream: target.api,
        responseHeaders: Object.fromEntries(head.headers),
        status: head.status,
        contentType: head.headers.get('content-type'),
      },
      maxBytes: this.services.plan.limits.maxRequestBytes,
      whole: !this.exchange.get('request').stream,
    });
  }

  /** Metering learns about a stream when it begins: its request is gone when the access log tells its end. */
  private expectTokens(head: ResponseHead, attempt: number): void {
    if (!isEventStream(head)) return;
    const { client, exchange } = this;
    const told = { client, body: exchange.get('body'), tellsUsage: tellsUsage(this.call(attempt)) };
    this.services.metering.streamStarted(exchange.id, told);
  }

  private call(attempt: number): ModelCall {
    const { listener } = this.services;
    const { dialect } = this.target(attempt);
    return { listener, request: this.exchange.get('request'), client: this.client, dialect };
  }

  private async renderBody(attempt: number): Promise<RenderedRequest> {
    const { api } = this.target(attempt);
    const rendered = await this.services.wire.render(
      this.client,
      api,
      this.exchange.get('body'),
      this.context(attempt),
    );
    this.rendered = rendered;
    this.exchange.provide('warnings', rendered.warnings);
    return rendered;
  }

  private context(attempt: number): TranslateContext {
    const request = this.exchange.get('request');
    const target = this.target(attempt);
    const { provider, modelId, model } = target.candidate;
    const quirks = bodyQuirks(provider, target.dialect, modelId);
    return {
      requestModel: request.model ?? modelId,
      upstreamModel: modelId,
      stream: request.stream,
      includeUsage: request.includeUsage,
      ...(demandsUsage(this.call(attempt)) ? { demandUsage: true } : {}),
      upstreamVendor: provider.id,
      ...model.cloud,
      // Beta flags and the like become members of some bodies.
      ...(target.api === this.client ? {} : { requestHeaders: Object.fromEntries(this.exchange.head.headers) }),
      ...(quirks === undefined ? {} : { quirks }),
    };
  }

  private get warnings(): readonly string[] {
    return this.rendered?.warnings ?? [];
  }

  private changesFor(attempt: number): HeaderChanges {
    return absoluteChanges(this.target(attempt).headers, this.headerNames, this.withheld);
  }

  /** Attempts beyond the list stay on the last candidate (what Envoy's priority groups do). */
  private target(attempt: number): ReadyTarget {
    const target = this.targets[Math.min(attempt, this.targets.length) - 1];
    if (target === undefined) throw new Error(`attempt ${attempt} has no candidate`);
    return target;
  }

  private answerer(attempt: number): Answerer {
    const { candidate, dialect } = this.target(attempt);
    return { provider: candidate.model.prefix, model: candidate.modelId, api: dialect };
  }

  private count(attempt: number): void {
    const { candidate } = this.target(attempt);
    this.services.metrics.attemptStarted({ provider: candidate.provider.id, model: candidate.modelId, attempt });
  }

  private startSpan(): void {
    const { telemetry } = this.services;
    if (!telemetry.enabled) return;
    const { exchange } = this;
    const decision = exchange.get('modelDecision');
    const first = candidateName(this.target(1).candidate);
    const asked = decision.requested;
    const name = `POST ${exchange.head.path} ${asked === undefined || asked === first ? first : `${asked} -> ${first}`}`;
    const span = telemetry
      .tracer('llm')
      .startSpan(
        name,
        { kind: SpanKind.CLIENT, attributes: llmAttributes(exchange, decision, first, telemetry) },
        exchange.traceContext,
      );
    exchange.onClose((reason) => {
      const answered = this.target(exchange.attempt);
      span.setAttribute('llm.model', candidateName(answered.candidate));
      span.setAttribute('llm.attempts', exchange.attempt);
      if (this.warnings.length > 0) span.setAttribute('outerloop.translation_warnings', [...this.warnings]);
      markStatus(span, exchange, reason);
      span.end();
    });
  }
}
