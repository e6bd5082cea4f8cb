import { randomUUID } from 'node:crypto';
import type { Context } from '@opentelemetry/api';
import type { AnswerNote } from '../decide/rate-limits';
import { GatewayError } from '../wire/errors';
import { Exchange, type AnswerWatch, type CloseReason, type ResponseHead } from './exchange';
import { headerText } from './header-text';
import { crossOrigin, errorReply, readHead, type HeadOutcome } from './local-answers';
import {
  NO_HEADER_CHANGES,
  type AttemptRendering,
  type Reply,
  type RequestOutcome,
  type ResponseOutcome,
} from './mutation';
import type { RequestHead } from './request-head';
import { STREAM_ERROR_STATUS } from './retry-headers';
import type { ListenerServices } from './services';
import { checkOrder, type Stage, type StageRun } from './stage';
import { STAGES } from './stages';

/** Shown for an error in the place of an answer when Envoy could not go on to the next candidate (retry budget, time). */
const UNRETRIED_ERROR_STATUS = 502;

interface ListenerPipeline {
  readonly services: ListenerServices;
  readonly runs: readonly StageRun[];
}

export interface OpenExchange {
  readonly listener: string;
  readonly head: RequestHead;
  readonly traceContext: Context;
  readonly signal: AbortSignal;
  readonly extendDeadline: (timeoutMs: number) => void;
}

/**
 * Runs requests through their listener's stages. One instance per sidecar; `extproc` is its only caller.
 * Nothing thrown inside reaches extproc: every failure becomes a Reply in the caller's API shape.
 */
export class Gateway {
  private readonly pipelines = new Map<string, ListenerPipeline>();
  /** Exchanges that wait for an answer, for their attempt streams to find. */
  private readonly exchanges = new Map<string, Exchange>();

  constructor(listeners: readonly ListenerServices[], stages: readonly Stage[] = STAGES) {
    for (const services of listeners) {
      const own = stages.filter((stage) => stage.listeners.includes(services.listener.type));
      checkOrder(own);
      this.pipelines.set(services.listener.name, { services, runs: own.map((stage) => stage.create(services)) });
    }
  }

  /** Requests in flight; for metrics and tests that nothing is leaked. */
  get openExchanges(): number {
    return this.exchanges.size;
  }

  open(options: OpenExchange): FrontExchange {
    const pipeline = this.pipelines.get(options.listener);
    if (pipeline === undefined) {
      throw new Error(`Envoy names a listener "${options.listener}" that this Plan does not have`);
    }
    return new FrontExchange(pipeline, options, this.exchanges);
  }

  /**
   * What attempt number `attempt` (1-based, Envoy's x-envoy-attempt-count) of an exchange sends.
   * Throws when the exchange is unknown: the attempt must then fail closed.
   */
  async attempt(exchangeId: string, attempt: number, earlier?: AnswerNote): Promise<AttemptRendering> {
    const exchange = this.find(exchangeId);
    exchange.attempt = Math.max(exchange.attempt, attempt);
    return exchange.get('attempts')(attempt, earlier);
  }

  /** How the beginning of an exchange's answers is judged. Throws when the exchange is unknown. */
  answerWatch(exchangeId: string): AnswerWatch {
    return this.find(exchangeId).get('answerWatch');
  }

  private find(exchangeId: string): Exchange {
    const exchange = this.exchanges.get(exchangeId);
    if (exchange === undefined) throw new GatewayError('internal', 'The retry lost its request.');
    return exchange;
  }
}

/** One front stream's view of its request. */
export class FrontExchange {
  private readonly exchange: Exchange;
  private readonly started: number;
  private outcome: HeadOutcome | undefined;
  private details = 'forwarded';

  constructor(
    private readonly pipeline: ListenerPipeline,
    options: OpenExchange,
    private readonly exchanges: Map<string, Exchange>,
  ) {
    const { head, traceContext, signal, extendDeadline } = options;
    this.started = pipeline.services.now();
    const { listener } = pipeline.services;
    this.exchange = new Exchange(randomUUID(), listener, head, traceContext, signal, extendDeadline, this.started);
  }

  get id(): string {
    return this.exchange.id;
  }

  /** Undefined: send the body. */
  readHead(): Reply | undefined {
    try {
      this.outcome = readHead(this.exchange.head, this.pipeline.services);
    } catch (error) {
      this.outcome = this.failed(error);
    }
    return this.outcome.kind === 'reply' ? this.replied(this.outcome) : undefined;
  }

  async readBody(body: Buffer): Promise<RequestOutcome> {
    if (this.outcome?.kind !== 'call') throw new Error('a body arrived for a request that was answered already');
    try {
      this.exchange.provide('dialect', this.outcome.dialect);
      this.exchange.provide('body', body);
      for (const run of this.pipeline.runs) {
        const reply = await run(this.exchange);
        if (reply !== undefined) return this.replied(reply);
      }
      this.exchanges.set(this.exchange.id, this.exchange);
      return this.exchange.get('forward');
    } catch (error) {
      return this.replied(this.failed(error));
    }
  }

  /** Never throws; without a response handler (Envoy answered by itself) the answer passes as it is. */
  readResponse(seen: ResponseHead): ResponseOutcome {
    const inBandError = seen.status === STREAM_ERROR_STATUS;
    const head = inBandError ? { ...seen, status: UNRETRIED_ERROR_STATUS } : seen;
    this.exchange.responseStatus = head.status;
    const handler = this.exchange.find('response');
    if (handler === undefined) return { kind: 'pass', headers: NO_HEADER_CHANGES };
    const outcome = handler(head, this.exchange.attempt);
    const reason = this.debugReason();
    const set = {
      ...outcome.headers.set,
      ...crossOrigin(this.exchange.head),
      ...(inBandError ? { ':status': String(UNRETRIED_ERROR_STATUS) } : {}),
      ...(reason === undefined ? {} : { 'x-outerloop-decision': headerText(reason) }),
    };
    return { ...outcome, headers: { set, remove: outcome.headers.remove } };
  }

  /** Why this agent or model: only for callers who ask, and only where the file allows it. */
  private debugReason(): string | undefined {
    if (this.pipeline.services.plan.debugHeaders !== true) return undefined;
    if (this.exchange.head.headers.get('x-outerloop-debug') !== '1') return undefined;
    return (this.exchange.find('agentDecision') ?? this.exchange.find('modelDecision'))?.reason;
  }

  close(ending: CloseReason): void {
    this.exchanges.delete(this.exchange.id);
    const { metrics, listener, now, log } = this.pipeline.services;
    const status = this.exchange.responseStatus;
    // Envoy half-closes in order also when the client left before an answer came.
    const reason = ending === 'finished' && status === undefined ? 'cancelled' : ending;
    this.exchange.close(reason);
    if (this.exchange.head.path !== '/healthz') {
      metrics.requestFinished(
        {
          handler:
            listener.type === 'agent'
              ? 'agent_chat'
              : this.exchange.head.path === '/v1/models'
                ? 'list_models'
                : 'llm_chat',
          method: this.exchange.head.method,
          statusClass: status === undefined ? 'error' : `${Math.floor(status / 100)}xx`,
        },
        (now() - this.started) / 1000,
      );
    }
    log.debug(
      { requestId: this.exchange.requestId, listener: listener.name, status, reason, details: this.details },
      'request finished',
    );
  }

  private replied(reply: Reply): Reply {
    this.exchange.responseStatus = reply.status;
    this.details = reply.details;
    return reply;
  }

  private failed(reason: unknown): Reply {
    const error = GatewayError.from(reason);
    const { log, listener } = this.pipeline.services;
    const fields = { requestId: this.exchange.requestId, listener: listener.name, code: error.code, err: error };
    if (error.code === 'internal') log.error(fields, 'request failed');
    else log.debug(fields, 'request refused');
    const reply = errorReply(this.exchange.head.path, error);
    return { ...reply, headers: { ...reply.headers, ...crossOrigin(this.exchange.head) } };
  }
}
