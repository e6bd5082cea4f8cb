import type { CheckContext } from '../check-context';

/** Session store of model choice. */
export function checkSessions({ draft, document, problems }: CheckContext): void {
  const cache = draft.routing?.session_cache;
  if (cache?.type === 'redis' && cache.url === undefined) {
    problems.add('missing_redis_url', document.place(cache, 'type'), {
      message: 'The session cache is in Redis, but `url` is missing.',
    });
  }
  const caching = draft.prompt_caching;
  const keepsSessions = caching?.enabled === true && caching.session_affinity !== false;
  if (cache?.tenant_header !== undefined) return;
  if (cache !== undefined) {
    problems.add('missing_tenant_header', document.place(cache), {
      message: '`session_cache` has no `tenant_header`.',
    });
  } else if (keepsSessions) {
    problems.add('missing_tenant_header', document.place(caching, 'enabled'), {
      message: 'Prompt caching keeps sessions, and no `tenant_header` separates tenants.',
    });
  }
}
