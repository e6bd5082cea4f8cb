import type { CheckContext } from '../check-context';
import type { FailoverDraft } from '../draft';
import type { FailoverCause, FailoverPlan } from '../plan';
import { durationOf } from './durations';

/** A `failover` block as it is written; undefined when there is none. */
export function resolveFailover(
  context: CheckContext,
  draft: FailoverDraft | undefined,
): { readonly failover?: FailoverPlan } {
  if (draft === undefined) return {};
  const perTryTimeoutMs = timeoutOf(context, draft, 'per_try_timeout');
  const firstTokenTimeoutMs = timeoutOf(context, draft, 'first_token_timeout');
  return {
    failover: {
      ...(draft.on === undefined ? {} : { on: [...new Set(draft.on.map((cause) => String(cause) as FailoverCause))] }),
      ...(perTryTimeoutMs === undefined ? {} : { perTryTimeoutMs }),
      ...(firstTokenTimeoutMs === undefined ? {} : { firstTokenTimeoutMs }),
      ...(draft.max_attempts === undefined ? {} : { maxAttempts: draft.max_attempts }),
    },
  };
}

/** Undefined when it is not written or 0, which means no limit, as everywhere in Envoy. */
function timeoutOf(
  context: CheckContext,
  draft: FailoverDraft,
  key: 'per_try_timeout' | 'first_token_timeout',
): number | undefined {
  const milliseconds = durationOf(context, draft, key, draft[key], 0);
  return milliseconds === 0 ? undefined : milliseconds;
}
