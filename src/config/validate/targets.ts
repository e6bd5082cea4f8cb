import type { CheckContext } from '../check-context';
import { nearest, suggestion } from '../suggest';
import { ConfiguredModels } from './model-names';

/** Prompt targets, the endpoints they call, and rate limits. */
export function checkTargets(context: CheckContext): void {
  checkEndpointNames(context);
  checkOrchestratorEndpoint(context);
  checkDefaults(context);
  checkRateLimits(context);
}

function endpointNames({ draft }: CheckContext): readonly string[] {
  const ids = [...(draft.agents ?? []), ...(draft.filters ?? [])].flatMap(({ id }) => (id === undefined ? [] : [id]));
  return [...new Set([...Object.keys(draft.endpoints ?? {}), ...ids])];
}

function checkEndpointNames(context: CheckContext): void {
  const known = endpointNames(context);
  for (const target of context.draft.prompt_targets ?? []) {
    const name = target.endpoint?.name;
    if (target.endpoint === undefined || name === undefined || known.includes(name)) continue;
    context.problems.add('unknown_endpoint', context.document.place(target.endpoint, 'name'), {
      message: `The prompt target \`${target.name ?? ''}\` calls \`${name}\`, which is no endpoint of this file.`,
      fix: suggestion(
        name,
        known,
        `Define it under \`endpoints:\`, for example \`${name}: {endpoint: localhost:8080}\`.`,
      ),
    });
  }
}

function checkOrchestratorEndpoint(context: CheckContext): void {
  const { draft, document, problems } = context;
  if (draft.overrides?.use_agent_orchestrator !== true) return;
  const known = endpointNames(context);
  if (known.length === 1) return;
  problems.add('orchestrator_endpoint', document.keyPlace(draft.overrides, 'use_agent_orchestrator'), {
    message: `\`use_agent_orchestrator\` needs exactly one endpoint, but the file has ${known.length === 0 ? 'none' : known.length}.`,
  });
}

function checkDefaults({ draft, document, problems }: CheckContext): void {
  for (const extra of (draft.prompt_targets ?? []).filter((target) => target.default === true).slice(1)) {
    problems.add('ignored_default', document.place(extra, 'default'), {
      message: 'Another prompt target is already the default.',
    });
  }
}

function checkRateLimits({ draft, document, problems }: CheckContext): void {
  const models = new ConfiguredModels(draft);
  for (const limit of draft.ratelimits ?? []) {
    if (limit.model === undefined || models.find(limit.model).length > 0 || models.coveredByWildcard(limit.model))
      continue;
    const near = nearest(limit.model, models.references);
    problems.add('unknown_rate_limit_model', document.place(limit, 'model'), {
      message: `The rate limit names \`${limit.model}\`, which is not a configured model.`,
      ...(near === undefined ? {} : { fix: `Did you mean \`${near}\`?` }),
    });
  }
}
