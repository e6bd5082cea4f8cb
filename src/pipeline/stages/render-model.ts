import { SpanKind } from '@opentelemetry/api';
import type { ModelCandidate } from '../../decide/models';
import { chooseDialect, upstreamPath } from '../../providers/registry';
import { GatewayError } from '../../wire/errors';
import type { DialectId, RenderedRequest, TranslateContext } from '../../wire/api';
import type { Exchange, ResponseHead } from '../exchange';
import { headerText } from '../header-text';
import type { AttemptRendering, Forward, HeaderChanges, ResponseOutcome } from '../mutation';
import { llmAttributes, markStatus } from '../spans';
import { passThrough, rewriteAnswer } from '../response';
import type { ListenerServices } from '../services';
import type { Stage } from '../stage';
import {
  absoluteChanges,
  candidateHeaders,
  dialectHeaderNames,
  withheldHeaders,
  type CandidateTarget,
} from '../upstream-headers';

/**
 * Renders the first candidate for the front reply and keeps what later attempts need: each one is rendered from the
 * original body, for its own API and with its own credentials.
 */
export const renderModel: Stage = {
  name: 'render-model',
  needs: ['dialect', 'body', 'request', 'candidates', 'modelDecision'],
  provides: ['forward', 'attempts', 'response', 'warnings'],
  listeners: ['model', 'prompt'],
  create: (services) => {
    const authorities = new Map(services.plan.upstreams.map((upstream) => [upstream.id, upstream.authority]));
    return async function render(exchange) {
      const targets = reachableTargets(exchange, authorities);
      const renderer = new ModelRenderer(exchange, services, targets);
      exchange.provide('forward', await renderer.forward());
      exchange.provide('attempts', (attempt) => renderer.attempt(attempt));
      exchange.provide('response', (head, attempt) => renderer.respond(head, attempt));
      return undefined;
    };
  },
};

/** Candidates whose API the caller's request can be put into; throws when there is none. */
function reachableTargets(exchange: Exchange, authorities: ReadonlyMap<string, string>): CandidateTarget[] {
  const client = exchange.get('dialect');
  const targets: CandidateTarget[] = [];
  for (const candidate of exchange.get('candidates')) {
    const target = targetFor(candidate, client, exchange, authorities);
    if (target !== undefined) targets.push(target);
  }
  if (targets.length > 0) return targets;
  const name = exchange.get('candidates')[0]?.model.name ?? '';
  throw new GatewayError('unsupported_translation', `Requests of this API cannot be translated for "${name}" yet.`);
}

function targetFor(
  candidate: ModelCandidate,
  client: DialectId,
  exchange: Exchange,
  authorities: ReadonlyMap<string, string>,
): CandidateTarget | undefined {
  const choice = chooseDialect(candidate.provider, client);
  if (choice === undefined) return undefined;
  const path = upstreamPath(candidate.provider, {
    dialect: choice.dialect,
    path: choice.path,
    basePath: candidate.model.basePath,
    prefix: candidate.model.prefix,
    modelId: candidate.modelId,
    stream: exchange.get('request').stream,
  });
  const same = choice.dialect === client;
  return {
    candidate,
    dialect: choice.dialect,
    path: same ? withQuery(path, exchange.head.query) : path,
    authority: authorities.get(candidate.model.upstream) ?? candidate.model.upstream,
    reads: !same,
  };
}

function withQuery(path: string, query: string): string {
  if (query.length <= 1) return path;
  return path.includes('?') ? `${path}&${query.slice(1)}` : path + query;
}

/** Full public name of a candidate, e.g. `openai/gpt-4o`. */
function candidateName(candidate: ModelCandidate): string {
  return `${candidate.model.prefix}/${candidate.modelId}`;
}

class ModelRenderer {
  private readonly client: DialectId;
  private readonly withheld: readonly string[];
  private readonly headerSets: Record<string, string>[];
  private readonly headerNames: ReadonlySet<string>;
  private warnings: readonly string[] = [];

  constructor(
    private readonly exchange: Exchange,
    private readonly services: ListenerServices,
    private readonly targets: readonly CandidateTarget[],
  ) {
    this.client = exchange.get('dialect');
    const caller = exchange.head.headers;
    this.withheld = withheldHeaders(caller);
    this.headerSets = targets.map((target) => candidateHeaders(target, caller, services.secrets));
    this.headerNames = new Set([...this.headerSets.flatMap((set) => Object.keys(set)), ...dialectHeaderNames(caller)]);
  }

  async forward(): Promise<Forward> {
    const rendered = await this.renderBody(1);
    const attempts = attemptCount(this.targets.length, this.services.listener.maxRetries);
    const changes = this.changesFor(1);
    const set: Record<string, string> = { ...changes.set, 'x-envoy-max-retries': String(attempts - 1) };
    if (this.targets.length > 1) {
      // A candidate that hangs must leave time for the next one.
      set['x-envoy-upstream-rq-per-try-timeout-ms'] = String(Math.floor(this.services.listener.timeoutMs / attempts));
    }
    this.startSpan();
    this.count(1);
    const original = this.exchange.get('body');
    return {
      kind: 'forward',
      headers: { set, remove: changes.remove },
      ...(rendered.body === original ? {} : { body: rendered.body }),
      clusters: this.targets.map((target) => target.candidate.model.upstream),
    };
  }

  async attempt(attempt: number): Promise<AttemptRendering> {
    const rendered = await this.renderBody(attempt);
    this.count(attempt);
    return { headers: this.changesFor(attempt), body: rendered.body };
  }

  respond(head: ResponseHead, attempt: number): ResponseOutcome {
    const target = this.target(attempt);
    if (!head.fromUpstream) return passThrough({}, []);
    const set: Record<string, string> = { 'x-outerloop-model': headerText(candidateName(target.candidate)) };
    if (this.warnings.length > 0) set['x-outerloop-warnings'] = headerText(this.warnings.join('; '));
    if (target.dialect === this.client) return passThrough(set, []);
    return rewriteAnswer({
      head,
      set,
      context: {
        ...this.context(attempt),
        client: this.client,
        upstream: target.dialect,
        status: head.status,
        contentType: head.headers.get('content-type'),
      },
      maxBytes: this.services.plan.limits.maxRequestBytes,
    });
  }

  private renderBody(attempt: number): Promise<RenderedRequest> {
    const target = this.target(attempt);
    const { wire } = this.services;
    return wire
      .render(this.client, target.dialect, this.exchange.get('body'), this.context(attempt))
      .then((rendered) => {
        this.warnings = rendered.warnings;
        this.exchange.provide('warnings', rendered.warnings);
        return rendered;
      });
  }

  private context(attempt: number): TranslateContext {
    const request = this.exchange.get('request');
    const target = this.target(attempt);
    return {
      requestModel: request.model ?? target.candidate.modelId,
      upstreamModel: target.candidate.modelId,
      stream: request.stream,
      includeUsage: request.includeUsage,
    };
  }

  private changesFor(attempt: number): HeaderChanges {
    const index = Math.min(attempt, this.targets.length) - 1;
    return absoluteChanges(this.headerSets[index] ?? {}, this.headerNames, this.withheld);
  }

  /** Attempts beyond the list stay on the last candidate (what Envoy's priority groups do). */
  private target(attempt: number): CandidateTarget {
    const target = this.targets[Math.min(attempt, this.targets.length) - 1];
    if (target === undefined) throw new Error(`attempt ${attempt} has no candidate`);
    return target;
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

/** Several candidates: one attempt each, capped by max_retries. One candidate: max_retries repeats it. */
function attemptCount(candidates: number, maxRetries: number): number {
  if (candidates === 1) return 1 + maxRetries;
  return maxRetries > 0 ? Math.min(candidates, 1 + maxRetries) : candidates;
}
