import { attemptTimeoutMs, type AttemptTime, type FailoverPolicy } from '../decide/failover';

/** What a peek stream makes of the status of an answer that turned out to be an error; no upstream sends it. */
export const STREAM_ERROR_STATUS = 599;

const CONNECT = ['connect-failure', 'refused-stream'];
const SERVER_ERRORS = Array.from({ length: 100 }, (_, index) => 500 + index);

/**
 * Envoy's router takes the retry policy of one request from these headers (docs: router filter, HTTP request headers); the
 * route itself retries nothing. Clients' copies never get this far.
 */
export function retryHeaders(policy: FailoverPolicy, time: AttemptTime): Record<string, string> {
  const set: Record<string, string> = { 'x-envoy-max-retries': String(time.attempts - 1) };
  if (time.attempts > 1) {
    const { conditions, statuses } = retryConditions(policy);
    set['x-envoy-retry-on'] = conditions.join(',');
    if (statuses.length > 0) set['x-envoy-retriable-status-codes'] = statuses.join(',');
  }
  const timeoutMs = attemptTimeoutMs(policy, time);
  if (timeoutMs !== undefined) set['x-envoy-upstream-rq-per-try-timeout-ms'] = String(timeoutMs);
  return set;
}

function retryConditions({ on, firstTokenTimeoutMs }: FailoverPolicy): {
  conditions: readonly string[];
  statuses: readonly number[];
} {
  // To Envoy a timeout of an attempt is a reset of ours, and a refused connection a reset of theirs.
  const reset = on.has('reset') || on.has('timeout') || firstTokenTimeoutMs !== undefined;
  const statuses: number[] = [408, 409, 429].filter((status) => on.has(`${status}` as '408'));
  const conditions = [...(reset ? ['reset'] : []), ...(reset || on.has('connect') ? CONNECT : [])];
  if (on.has('5xx')) {
    // Envoy's own "5xx" includes resets, so it may stand for the statuses only where those lead on too.
    if (reset) conditions.push('5xx');
    else statuses.push(...SERVER_ERRORS);
  } else if (on.has('stream_error')) {
    statuses.push(STREAM_ERROR_STATUS);
  }
  if (on.has('429')) conditions.push('envoy-ratelimited');
  if (statuses.length > 0) conditions.push('retriable-status-codes');
  return { conditions, statuses };
}
