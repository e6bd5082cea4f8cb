import { findProvider } from '../../providers/registry';
import type { CheckContext } from '../check-context';
import { splitModel } from './model-names';

interface FutureKey {
  readonly container: object | undefined;
  readonly key: string;
  /** What does not happen yet. */
  readonly effect: string;
}

/**
 * Keys whose feature is not built yet. Whoever builds one removes its line here.
 * What protects (filters, guards, limits) also keeps `up` and `serve` from starting: running without it would be worse
 * than not running.
 */
export function checkFutureKeys(context: CheckContext): void {
  for (const future of plainKeys(context)) report(context, future, false);
  for (const future of protectingKeys(context)) report(context, future, true);
  reportFutureProviders(context);
}

function report({ document, problems }: CheckContext, { container, key, effect }: FutureKey, protects: boolean): void {
  const value = container === undefined ? undefined : (container as Record<string, unknown>)[key];
  if (container === undefined || value === undefined || value === false) return;
  if (Array.isArray(value) && value.length === 0) return;
  problems.add('not_yet', document.keyPlace(container, key), {
    message: `\`${key}\` is understood, but not built yet: ${effect}.`,
    ...(protects
      ? {
          why: 'It protects something, so `up` and `serve` refuse to start rather than run without it.',
          fix: 'Remove it only if you can do without its protection, or use a version that has it.',
          refusesStart: true,
        }
      : {}),
  });
}

function plainKeys({ draft }: CheckContext): readonly FutureKey[] {
  const { overrides, routing, tracing } = draft;
  return [
    { container: draft, key: 'prompt_targets', effect: 'prompts are answered by the default model, no API is called' },
    { container: draft, key: 'system_prompt', effect: 'it belongs to prompt targets and is not sent' },
    { container: draft, key: 'routing_preferences', effect: 'requests go to the model that they name' },
    { container: draft, key: 'model_metrics_sources', effect: 'prices and latencies are not fetched' },
    { container: draft, key: 'state_storage', effect: 'conversations of the Responses API are not kept' },
    ...(draft.prompt_caching?.enabled === true
      ? [{ container: draft, key: 'prompt_caching', effect: 'no cache marks are added and sessions are not kept' }]
      : []),
    ...['session_ttl_seconds', 'session_max_entries', 'session_cache'].map((key) => ({
      container: routing,
      key,
      effect: 'sessions are not kept',
    })),
    { container: routing, key: 'routing_budget', effect: 'switches between models are not limited' },
    { container: routing, key: 'route_on_user_only', effect: 'there is no model routing that it could limit' },
    { container: tracing, key: 'exporters', effect: 'events are not sent there' },
    { container: overrides, key: 'optimize_context_window', effect: 'it belongs to prompt targets' },
    { container: overrides, key: 'use_agent_orchestrator', effect: 'prompts are answered by the default model' },
    { container: overrides, key: 'disable_signals', effect: 'conversations are not analysed yet anyway' },
    { container: overrides, key: 'llm_routing_model', effect: 'the embedded encoder decides' },
    { container: overrides, key: 'agent_orchestration_model', effect: 'the embedded encoder chooses agents' },
    {
      container: overrides,
      key: 'orchestrator_model_context_length',
      effect: 'the embedded encoder has its own limit',
    },
  ];
}

function protectingKeys({ draft }: CheckContext): readonly FutureKey[] {
  const filters = 'requests would pass without these filters';
  const guards = 'requests would pass without these guards';
  return [
    { container: draft, key: 'prompt_guards', effect: guards },
    { container: draft, key: 'guards', effect: guards },
    { container: draft, key: 'ratelimits', effect: 'requests would not be limited' },
    ...(draft.listeners ?? [])
      .flatMap((listener) => [listener, ...(listener.agents ?? [])])
      .flatMap((container) => [
        { container, key: 'input_filters', effect: filters },
        { container, key: 'output_filters', effect: 'answers would pass without these filters' },
        { container, key: 'input_guards', effect: guards },
        { container, key: 'output_guards', effect: 'answers would pass without these guards' },
      ]),
  ];
}

function reportFutureProviders({ draft, document, problems }: CheckContext): void {
  for (const entry of draft.model_providers ?? []) {
    const prefix = entry.model === undefined ? undefined : splitModel(entry.model)?.prefix;
    const provider = prefix === undefined ? undefined : findProvider(entry.provider_interface ?? prefix);
    if (provider?.notYet === undefined) continue;
    problems.add('not_yet', document.place(entry, 'model'), {
      message: `\`${entry.model ?? ''}\` is understood, but cannot be called yet.`,
      why: provider.notYet,
    });
  }
}
