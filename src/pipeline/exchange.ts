import type { Context } from '@opentelemetry/api';
import type { ListenerPlan } from '../config/plan';
import type { ModelCandidate, ModelDecision } from '../decide/models';
import type { AnswerNote } from '../decide/rate-limits';
import type { AgentDecision } from '../decide/agents';
import type { DialectId, EarlierAnswer, RenderedRequest, RequestFacts } from '../wire/api';
import type { AttemptRendering, Forward, ResponseOutcome } from './mutation';
import type { Headers, RequestHead } from './request-head';

/** What stages leave for later stages. A stage declares which of these it needs and provides; the order is checked at start. */
export interface ExchangeFacts {
  /** API the caller speaks. */
  dialect: DialectId;
  /** Body as the caller sent it. */
  body: Buffer;
  request: RequestFacts;
  modelDecision: ModelDecision;
  /** Candidates in the order of attempts. */
  candidates: readonly ModelCandidate[];
  agentDecision: AgentDecision;
  /** Body in the agents' API (openai.chat) with earlier agents' answers put in. */
  agentBody: Buffer;
  earlierAnswers: readonly EarlierAnswer[];
  /** What the translation of the agents' answer needs of the request's. */
  agentRendering: Pick<RenderedRequest, 'toolNames' | 'remembered'>;
  /** Translation losses, shown in x-outerloop-warnings. */
  warnings: readonly string[];
  forward: Forward;
  attempts: Attempts;
  /** Present where the beginning of an answer decides whether the next candidate is tried. */
  answerWatch: AnswerWatch;
  response: ResponseHandler;
}

export type FactName = keyof ExchangeFacts;

/**
 * Renders the request for attempt n (1-based) of the candidate list.
 *
 * @param earlier what the attempt before answered; undefined when it did not answer
 */
export type Attempts = (attempt: number, earlier: AnswerNote | undefined) => Promise<AttemptRendering>;

export type { AnswerNote };

export interface AnswerWatch {
  /** Whether an error in the place of attempt n's answer leads to the next candidate. */
  leadsOn(attempt: number): boolean;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
  readonly endOfStream: boolean;
  /** False when Envoy answered for the upstream (timeout, refused, …): already in the caller's shape. */
  readonly fromUpstream: boolean;
}

/** Decides at the response headers what happens to the answer; `attempt` is the one that answered. */
export type ResponseHandler = (head: ResponseHead, attempt: number) => ResponseOutcome;

/** One request on its way, from its headers to the last byte of its answer. Holds at most one copy of the body. */
export class Exchange {
  /** Highest attempt that was rendered so far. */
  attempt = 1;
  /** Status of the answer, once its headers were seen. */
  responseStatus: number | undefined;
  /** Finished spans and clean-up, run once when the exchange closes. */
  private readonly closers: ((reason: CloseReason) => void)[] = [];
  private readonly facts: Partial<ExchangeFacts> = {};
  private closed = false;

  constructor(
    /** Random, minted here; pairs the front stream with its attempt streams. */
    readonly id: string,
    readonly listener: ListenerPlan,
    readonly head: RequestHead,
    /** Trace context of Envoy's span for this request. */
    readonly traceContext: Context,
    /** Aborted when the client is gone or the exchange is over. */
    readonly signal: AbortSignal,
    /** Asks Envoy for more time in the body phase; once per phase (ext_proc override_message_timeout). */
    readonly extendDeadline: (timeoutMs: number) => void,
    /** On the clock of Services.now. */
    readonly startedMs: number,
  ) {}

  /** Throws when a stage asks for something that nobody provided: a mistake in a stage's `needs`. */
  get<Name extends FactName>(name: Name): ExchangeFacts[Name] {
    const value = this.facts[name];
    if (value === undefined) throw new Error(`no stage provided "${name}" before it was read`);
    return value;
  }

  find<Name extends FactName>(name: Name): ExchangeFacts[Name] | undefined {
    return this.facts[name];
  }

  provide<Name extends FactName>(name: Name, value: ExchangeFacts[Name]): void {
    this.facts[name] = value;
  }

  get requestId(): string {
    return this.head.headers.get('x-request-id') ?? this.id;
  }

  onClose(closer: (reason: CloseReason) => void): void {
    if (this.closed) closer('cancelled');
    else this.closers.push(closer);
  }

  /** Idempotent. */
  close(reason: CloseReason): void {
    if (this.closed) return;
    this.closed = true;
    for (const closer of this.closers) closer(reason);
  }
}

export type CloseReason = 'finished' | 'cancelled' | 'failed';
