import type { CheckContext } from '../check-context';
import { nearest } from '../suggest';
import { ConfiguredModels, splitModel } from './model-names';

/** Names that Plano gives to router models of its own as soon as they are needed. */
const PLANO_ROUTER_NAME = 'plano-orchestrator';
const DEFAULT_ROUTER_MODEL = 'Plano-Orchestrator';

/** Routing preferences, and the figures that they and the routing budget need. */
export function checkPreferences(context: CheckContext): void {
  checkUniqueNames(context);
  checkModelsExist(context);
  checkSources(context);
  checkReservedName(context);
}

function checkUniqueNames({ draft, document, problems }: CheckContext): void {
  const lines = new Map<string, number>();
  for (const preference of draft.routing_preferences ?? []) {
    if (preference.name === undefined) continue;
    const place = document.place(preference, 'name');
    const earlier = lines.get(preference.name);
    if (earlier === undefined) lines.set(preference.name, place.line);
    else {
      problems.add('duplicate_id', place, {
        message: `The routing preference \`${preference.name}\` already exists in line ${earlier}.`,
        why: 'A decision names the preference, so its name must be unique.',
      });
    }
  }
}

function checkModelsExist({ draft, document, problems }: CheckContext): void {
  const models = new ConfiguredModels(draft);
  for (const preference of draft.routing_preferences ?? []) {
    const names = preference.models ?? [];
    names.forEach((name, index) => {
      if (models.find(name).length > 0) return;
      const near = nearest(name, models.references);
      problems.add('unknown_preference_model', document.place(names, index), {
        message: `The preference \`${preference.name ?? ''}\` names \`${name}\`, which is not a configured model.`,
        ...(near === undefined ? {} : { fix: `Did you mean \`${near}\`?` }),
      });
    });
  }
}

function checkSources({ draft, document, problems }: CheckContext): void {
  const sources = draft.model_metrics_sources ?? [];
  for (const type of ['cost', 'latency'] as const) {
    for (const extra of sources.filter((source) => source.type === type).slice(1)) {
      problems.add('several_metrics_sources', document.place(extra, 'type'), {
        message: `This is another source with \`type: ${type}\`; there can be only one.`,
      });
    }
  }
  const has = (type: 'cost' | 'latency'): boolean => sources.some((source) => source.type === type);
  for (const { name, selection_policy: policy } of draft.routing_preferences ?? []) {
    const needed = policy?.prefer === 'cheapest' ? 'cost' : policy?.prefer === 'fastest' ? 'latency' : undefined;
    if (policy === undefined || needed === undefined || has(needed)) continue;
    problems.add('missing_metrics_source', document.place(policy, 'prefer'), {
      message: `The preference \`${name ?? ''}\` prefers the ${String(policy.prefer)} model, but no source of ${needed === 'cost' ? 'prices' : 'latencies'} is configured.`,
      fix: `Add an entry with \`type: ${needed}\` to \`model_metrics_sources\`.`,
    });
  }
  if (draft.routing?.routing_budget !== undefined && !has('cost')) {
    problems.add('budget_without_cost_source', document.keyPlace(draft.routing, 'routing_budget'), {
      message: '`routing_budget` is set, but no source of prices is configured.',
    });
  }
}

function checkReservedName({ draft, document, problems }: CheckContext): void {
  if ((draft.routing_preferences ?? []).length === 0) return;
  const models = draft.model_providers ?? [];
  const configured = draft.overrides?.llm_routing_model;
  const routerId = configured === undefined ? DEFAULT_ROUTER_MODEL : (splitModel(configured)?.id ?? configured);
  if (models.some(({ model }) => model !== undefined && splitModel(model)?.id === routerId)) return;
  for (const entry of models.filter(({ name }) => name === PLANO_ROUTER_NAME)) {
    problems.add('reserved_name', document.place(entry, 'name'), {
      message: `The name \`${PLANO_ROUTER_NAME}\` is reserved for the router model when there are routing preferences.`,
    });
  }
}
