/**
 * The JSON Schema (draft-07) of the file as people write it, old forms and our extensions included; assembled from one
 * fragment per topic. `docs/config.schema.json` is its printed copy for editors.
 * Not here: rules that compare places of a file (`validate`). Caller: `check-schema.ts` and the generator script.
 */
import { agents, filters } from './agents';
import { object, oneOf, text, type JsonSchema } from './build';
import { guards, promptGuards } from './guards';
import { listeners } from './listeners';
import { modelAliases, modelProviders, routingPreferences } from './models';
import { overrides } from './overrides';
import { modelMetricsSources, promptCaching, rateLimits, routing, stateStorage } from './routing';
import { endpoints, promptTargets } from './targets';
import { tracing } from './tracing';

export const VERSIONS = ['v0.1', 'v0.1.0', '0.1-beta', '0.2.0', 'v0.3.0', 'v0.4.0'] as const;

export const CONFIG_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Outerloop configuration',
  ...object(
    'Configuration of Outerloop; every file that Plano 0.4 accepts is accepted',
    {
      version: oneOf(VERSIONS, 'Dialect of the file'),
      listeners,
      agents,
      filters,
      guards,
      model_providers: modelProviders,
      llm_providers: { ...modelProviders, description: 'Old name of model_providers' },
      model_aliases: modelAliases,
      routing_preferences: routingPreferences,
      model_metrics_sources: modelMetricsSources,
      routing,
      prompt_caching: promptCaching,
      overrides,
      endpoints,
      prompt_targets: promptTargets,
      system_prompt: text('System prompt of the prompt listener'),
      prompt_guards: promptGuards,
      ratelimits: rateLimits,
      state_storage: stateStorage,
      tracing,
      mode: oneOf(['llm', 'prompt'], 'Accepted for compatibility'),
    },
    ['version', 'listeners'],
  ),
};
