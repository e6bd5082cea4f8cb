import type { FailoverCause } from '../../config';
import { looksInside, type FailoverPolicy } from '../../decide/failover';

export type FailureId =
  | 'status-429'
  | 'status-503'
  | 'refused'
  | 'reset'
  | 'hang-before-headers'
  | 'hang-after-headers'
  | 'error-event'
  | 'broken-stream';

/** One way in which a candidate may fail. */
export interface Failure {
  readonly id: FailureId;
  readonly title: string;
  /** What happens after the headers can only happen to a stream. */
  readonly stream: boolean;
  /** Whether the policy asks for the next candidate then. */
  readonly leadsOn: (policy: FailoverPolicy) => boolean;
}

const has =
  (...causes: readonly FailoverCause[]) =>
  ({ on }: FailoverPolicy): boolean =>
    causes.some((cause) => on.has(cause));
const waits = ({ firstTokenTimeoutMs }: FailoverPolicy): boolean => firstTokenTimeoutMs !== undefined;
/** Envoy takes a timeout for a reset of its own, so either of the two names covers both. */
const endsWithoutAnswer = (policy: FailoverPolicy): boolean => has('reset', 'timeout')(policy) || waits(policy);

export const FAILURES: readonly Failure[] = [
  { id: 'status-429', title: '429', stream: false, leadsOn: has('429') },
  { id: 'status-503', title: '503', stream: false, leadsOn: has('5xx') },
  {
    id: 'refused',
    title: 'connection refused',
    stream: false,
    leadsOn: (policy) => has('connect')(policy) || endsWithoutAnswer(policy),
  },
  { id: 'reset', title: 'reset', stream: false, leadsOn: endsWithoutAnswer },
  { id: 'hang-before-headers', title: 'hang before headers', stream: false, leadsOn: has('timeout') },
  {
    id: 'hang-after-headers',
    title: 'hang after headers',
    stream: true,
    leadsOn: (policy) => looksInside(policy) && (has('timeout')(policy) || waits(policy)),
  },
  { id: 'error-event', title: 'error as first event', stream: true, leadsOn: has('stream_error') },
  {
    id: 'broken-stream',
    title: 'broken stream',
    stream: true,
    leadsOn: (policy) => looksInside(policy) && (has('stream_error')(policy) || endsWithoutAnswer(policy)),
  },
];
