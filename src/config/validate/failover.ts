import type { CheckContext } from '../check-context';
import type { FailoverDraft } from '../draft';

/** Settings of a `failover` block that contradict each other. */
export function checkFailover({ draft, document, problems }: CheckContext): void {
  const blocks = [
    ...Object.values(draft.model_aliases ?? {}),
    ...(draft.routing_preferences ?? []),
    ...(draft.listeners ?? []).filter(({ type }) => type === 'model'),
  ].flatMap(({ failover }) => failover ?? []);
  for (const failover of blocks) {
    if (failover.per_try_timeout !== undefined && failover.on !== undefined && !names(failover, 'timeout')) {
      problems.add('no_effect', document.keyPlace(failover, 'per_try_timeout'), {
        message: '`per_try_timeout` does nothing here.',
        why: '`on` leaves out `timeout`, so an attempt is not ended for being slow.',
        fix: 'Add `timeout` to `on`, or remove `per_try_timeout`.',
      });
    }
    if (names(failover, 'first_token_timeout') && failover.first_token_timeout === undefined) {
      problems.add('no_effect', document.keyPlace(failover, 'on'), {
        message: '`first_token_timeout` in `on` does nothing without a duration.',
        why: 'It is the key `first_token_timeout` that says how long a silence is too long.',
        fix: 'Add `first_token_timeout: 10s` beside `on`.',
      });
    }
  }
}

function names({ on = [] }: FailoverDraft, cause: string): boolean {
  return on.some((entry) => String(entry) === cause);
}
