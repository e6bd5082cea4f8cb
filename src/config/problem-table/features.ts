import { error, warning, type ProblemRow } from './row';

/** What features need, and keys that are old, idle or ahead of their time. */
export const FEATURES_PROBLEMS = {
  missing_metrics_source: error(
    'A selection policy has no figures to work with',
    'The cheapest or fastest model can only be chosen with a source of prices or latencies.',
    'Add a matching entry to `model_metrics_sources`.',
  ),
  several_metrics_sources: error(
    'There are several sources for the same figures',
    'At most one source of prices and one of latencies can be used.',
    'Keep one of them.',
  ),
  budget_without_cost_source: error(
    'A routing budget has no prices to work with',
    'The cost of switching models is computed from prices.',
    'Add an entry with `type: cost` to `model_metrics_sources`.',
  ),
  missing_redis_url: error(
    'The session cache has no Redis address',
    '`type: redis` needs the address of a Redis server.',
    'Add `url: $REDIS_URL`, or use `type: memory`.',
  ),
  missing_tenant_header: warning(
    'Sessions are not separated by tenant',
    'Session ids come from callers; without a tenant header two tenants that use the same id share a session.',
    'Set `routing.session_cache.tenant_header` to a header that your edge controls, when several tenants use the gateway.',
  ),
  orchestrator_endpoint: error(
    'use_agent_orchestrator needs exactly one endpoint',
    'All traffic is handed to that endpoint (agents and filters count as endpoints).',
    'Define exactly one endpoint, or remove `use_agent_orchestrator`.',
  ),
  deprecated: warning(
    'An old form is used',
    'It still works and means the same, but may be removed one day.',
    'Write the new form.',
  ),
  no_effect: warning('A key does nothing here', 'The file reads as if it did something.', 'Remove the key.'),
  not_yet: warning(
    'A feature is not built yet',
    'The key is understood and checked, but this version does not act on it.',
    'Keep it if you can do without the feature for now, or wait for a version that brings it.',
  ),
} as const satisfies Record<string, ProblemRow>;
