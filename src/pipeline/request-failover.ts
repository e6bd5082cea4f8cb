import { peekedCluster } from '../config/names';
import { attemptCount, failoverPolicy, looksInside, type AttemptTime, type FailoverPolicy } from '../decide/failover';
import { candidateKey, type ModelCandidate } from '../decide/models';
import type { AnswerNote, AnswerWatch, Exchange } from './exchange';
import { retryHeaders } from './retry-headers';
import type { ListenerServices } from './services';

/** How one request goes from candidate to candidate: what Envoy is told, and what attempts teach about candidates. */
export class RequestFailover implements AnswerWatch {
  /** Whether the beginning of each answer is read before its headers go on. */
  private readonly peeks: boolean;
  private readonly policy: FailoverPolicy;
  private readonly time: AttemptTime;

  constructor(
    private readonly exchange: Exchange,
    private readonly services: ListenerServices,
    /** In the order of attempts. */
    private readonly candidates: readonly ModelCandidate[],
  ) {
    const { listener } = services;
    this.policy = failoverPolicy([exchange.get('modelDecision').failover, listener.failover]);
    this.time = {
      attempts: attemptCount(this.policy, candidates.length, listener.maxRetries),
      candidates: candidates.length,
      totalMs: listener.timeoutMs,
      stream: exchange.get('request').stream,
    };
    this.peeks = this.time.attempts > 1 && looksInside(this.policy);
  }

  headers(): Record<string, string> {
    return retryHeaders(this.policy, this.time);
  }

  /** One cluster per candidate; where answers must be looked into, the variant that does. */
  clusters(): readonly string[] {
    return this.candidates.map(({ model }) => (this.peeks ? peekedCluster(model.upstream) : model.upstream));
  }

  /** The last attempt's answer is shown as it is, an error too. */
  leadsOn(attempt: number): boolean {
    return this.policy.on.has('stream_error') && attempt < this.time.attempts;
  }

  /** @param answer undefined when the attempt ended without one */
  report(attempt: number, answer: AnswerNote | undefined): void {
    const candidate = this.candidates[Math.min(attempt, this.candidates.length) - 1];
    if (candidate === undefined) return;
    const { health, log } = this.services;
    const key = candidateKey(candidate);
    const nowMs = Date.now();
    const wasResting = health.isResting(key, nowMs);
    const restMs = answer === undefined ? health.failed(key, nowMs) : health.answered(key, answer, nowMs);
    if (restMs === 0 || wasResting) return;
    const fields = { requestId: this.exchange.requestId, model: candidate.model.name, status: answer?.status, restMs };
    log.warn(fields, 'candidate goes to the end of lists for a while');
  }
}
