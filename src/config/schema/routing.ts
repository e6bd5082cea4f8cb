import { amount, count, flag, listOf, mapOf, object, oneOf, text, type JsonSchema } from './build';

const refreshInterval = count('Seconds between updates; once when absent', { minimum: 1 });

export const modelMetricsSources: JsonSchema = listOf(
  {
    type: 'object',
    description: 'Where prices or latencies come from',
    properties: { type: oneOf(['cost', 'latency'], 'What the source knows') },
    required: ['type'],
    if: { properties: { type: { const: 'latency' } }, required: ['type'] },
    then: object(
      'Latencies',
      {
        type: { const: 'latency' },
        provider: oneOf(['prometheus'], 'Kind of source'),
        url: text('Address of Prometheus'),
        query: text('PromQL query'),
        refresh_interval: refreshInterval,
      },
      ['provider', 'url', 'query'],
    ),
    else: object(
      'Prices',
      {
        type: {},
        provider: oneOf(['digitalocean', 'models.dev'], 'Kind of source'),
        url: text('Address of the price list'),
        refresh_interval: refreshInterval,
        model_aliases: mapOf(text('A configured model'), 'Names of the list → configured models'),
      },
      ['provider'],
    ),
  },
  'Sources of prices and latencies',
);

export const routing: JsonSchema = object('Sessions and budgets of model choice', {
  llm_provider: text('Accepted for compatibility'),
  model: text('Accepted for compatibility'),
  session_ttl_seconds: count('How long a session stays with its model', { minimum: 1 }),
  session_max_entries: count('Most sessions in memory', { minimum: 1, maximum: 10_000 }),
  session_cache: object('Where sessions are kept', {
    type: oneOf(['memory', 'redis'], 'Kind of store; memory when absent'),
    url: text('Address of Redis, as a reference: $REDIS_URL'),
    tenant_header: text('Request header that separates tenants'),
  }),
  routing_budget: object(
    'Limit for paid switches between models',
    {
      max_switch_spend_pct: amount('Percent of the cost of never switching', { minimum: 0, maximum: 100 }),
      replenish_on_rebind: flag('Start anew after a rebind'),
      cache_read_discount: amount('Price of cached tokens as a share', { minimum: 0, maximum: 1 }),
      record_counterfactual: flag('Record what never switching would have cost'),
    },
    ['max_switch_spend_pct'],
  ),
  route_on_user_only: flag('Route only when the last message is the user’s'),
});

export const promptCaching: JsonSchema = object('Use of the providers’ prompt caches', {
  enabled: flag('Switches it on'),
  session_affinity: flag('Keep a conversation on one model'),
  inject_cache_control: flag('Add cache marks where the API knows them'),
  min_prefix_tokens: count('Shortest prefix that is worth a mark', { minimum: 1 }),
  session_ttl_seconds: count('How long a conversation stays with its model', { minimum: 1 }),
});

export const rateLimits: JsonSchema = listOf(
  object(
    'Token limit of a model for a group of callers',
    {
      model: text('A configured model'),
      selector: object('Header that names the group', { key: text('Header name'), value: text('Header value') }, [
        'key',
        'value',
      ]),
      limit: object(
        'Tokens per unit of time',
        {
          tokens: count('Tokens', { minimum: 0 }),
          unit: oneOf(['second', 'minute', 'hour', 'day'], 'Unit of time'),
        },
        ['tokens', 'unit'],
      ),
    },
    ['model', 'selector', 'limit'],
  ),
  'Token limits',
);

export const stateStorage: JsonSchema = {
  ...object(
    'Where conversations of the Responses API are kept',
    {
      type: oneOf(['memory', 'postgres'], 'Kind of store'),
      connection_string: text('Address of Postgres, as a reference: $DATABASE_URL'),
    },
    ['type'],
  ),
  if: { properties: { type: { const: 'postgres' } }, required: ['type'] },
  then: { required: ['connection_string'] },
};
