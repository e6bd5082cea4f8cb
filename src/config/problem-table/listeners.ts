import { error, warning, type ProblemRow } from './row';

/** Listeners, and names that other places of a file refer to. */
export const LISTENERS_PROBLEMS = {
  missing_port: error(
    'An agent listener has no port',
    'Model and prompt listeners have a customary port, agent listeners have none.',
    'Add `port:`, for example `port: 8001`.',
  ),
  port_clash: error(
    'Two things want the same port',
    'Only one of them can bind it; the other could not start.',
    'Give one of them another port.',
  ),
  invalid_address: error(
    'A listener address is no IP address',
    'A listener binds to an address of this machine; names are not looked up for that.',
    'Write an IP address such as `127.0.0.1` (this machine only) or `0.0.0.0` (every interface).',
  ),
  duplicate_listener_name: error(
    'Two listeners have the same name',
    'Listeners are told apart by name in metrics, logs and Envoy.',
    'Give each listener its own name.',
  ),
  several_model_listeners: error(
    'There is more than one model listener',
    'All model providers belong to the one model listener.',
    'Keep one listener with `type: model`.',
  ),
  legacy_listeners_without_providers: error(
    'The old listeners form is used without models',
    'The old form always opened a model listener, which needs at least one model.',
    'Add `model_providers:` with at least one entry, or use the list form of `listeners`.',
  ),
  no_listeners: warning(
    'Nothing listens',
    'The file asks for no listener and names no models, so no request can come in.',
    'Add a listener with `type: model` or `type: agent`, or add `model_providers`.',
  ),
  no_models: warning(
    'A listener has no models',
    'Every request to it would be refused because no model is configured.',
    'Add `model_providers:` with at least one entry.',
  ),
  duplicate_id: error(
    'An id is used twice',
    'Agents, filters and guards are referred to by id, so each id must be unique.',
    'Rename one of them.',
  ),
  unknown_agent: error(
    'An agent id is not defined',
    'A listener can only send requests to agents of the top-level `agents` list.',
    'Define the agent under `agents:` with its `url`, or correct the id.',
  ),
  unknown_filter: error(
    'A filter id is not defined',
    'A request would have to pass a filter that nobody knows.',
    'Define the filter under `filters:`, or correct the id.',
  ),
  unknown_guard: error(
    'A guard id is not defined',
    'A request would have to pass a guard that nobody knows.',
    'Define the guard under `guards:`, or correct the id.',
  ),
  unknown_endpoint: error(
    'An endpoint name is not defined',
    'A prompt target calls an endpoint, an agent or a filter of this file.',
    'Define the endpoint under `endpoints:`, or correct the name.',
  ),
  unknown_alias_target: error(
    'An alias points to a model that is not configured',
    'An alias stands for configured models; aliases of aliases and of models that only a wildcard covers are not followed.',
    'Point the alias to a configured model, or add an entry for it under `model_providers`.',
  ),
  unknown_preference_model: error(
    'A routing preference names a model that is not configured',
    'A request that matches the preference could not be sent anywhere.',
    'Name a configured model, or add an entry for it under `model_providers` (wildcards do not count).',
  ),
  unknown_rate_limit_model: warning(
    'A rate limit names a model that is not configured',
    'The limit would never apply.',
    'Name a configured model.',
  ),
  repeated_entry: warning('An entry is listed twice', 'The second one has no effect.', 'Remove one of them.'),
  ignored_default: warning(
    'Several entries are marked as default',
    'Only one can be the default; the first one is used.',
    'Keep `default: true` on one entry.',
  ),
} as const satisfies Record<string, ProblemRow>;
