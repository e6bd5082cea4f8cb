/**
 * Turns a migrated draft into the parts of a Plan: defaults, references, URLs as upstreams, secrets as names.
 * Every step runs even when the file has errors, so that all problems of values are told at once; the Plan is sealed only
 * when there is none. Not here: rules between places of the file (`validate`). Caller: `load-config.ts`.
 */
import { existsSync } from 'node:fs';
import type { CheckContext } from '../check-context';
import type { AliasDraft } from '../draft';
import {
  PLAN_FORMAT,
  type AliasPlan,
  type EgressPlan,
  type Plan,
  type PreferencePlan,
  type RoutingPlan,
} from '../plan';
import { resolveReferences } from '../resolve-url';
import { ConfiguredModels } from '../validate/model-names';
import { resolveAgents, resolveFilters } from './agents';
import { connectTimeoutOf } from './durations';
import { resolveFailover } from './failover';
import { resolveListeners } from './listeners';
import { resolveModels } from './models';
import { SecretCollector } from './secrets';
import { resolveEndpoints, resolvePromptTargets } from './targets';
import { resolveTelemetry } from './telemetry';
import { UpstreamSet } from './upstreams';

const DEFAULT_MAX_REQUEST_BYTES = 52_428_800;

export interface Resolved {
  /** Complete only when no problem is an error. */
  readonly content: Omit<Plan, 'hash'>;
  readonly secrets: SecretCollector;
}

export function resolve(context: CheckContext): Resolved {
  const { draft, document } = context;
  const secrets = new SecretCollector(context);
  const upstreams = new UpstreamSet();
  const connectTimeoutMs = connectTimeoutOf(context);
  const models = resolveModels({ context, upstreams, secrets, connectTimeoutMs });
  const agents = resolveAgents(context, upstreams, connectTimeoutMs);
  const filters = resolveFilters(context, upstreams, connectTimeoutMs);
  resolveEndpoints(context, upstreams, connectTimeoutMs);
  const promptTargets = resolvePromptTargets(context, secrets);
  const telemetry = resolveTelemetry(context, upstreams, connectTimeoutMs);
  nameOtherSecrets(context, secrets);
  const listeners = resolveListeners(context);
  secrets.reportMissing();
  const content: Omit<Plan, 'hash'> = {
    format: PLAN_FORMAT,
    source: document.file,
    listeners,
    upstreams: upstreams.all,
    agents,
    models,
    aliases: resolveAliases(context),
    preferences: resolvePreferences(context),
    filters,
    promptTargets,
    ...(draft.system_prompt === undefined ? {} : { systemPrompt: draft.system_prompt }),
    limits: { maxRequestBytes: draft.overrides?.max_request_bytes ?? DEFAULT_MAX_REQUEST_BYTES },
    egress: resolveEgress(context),
    routing: resolveRouting(context),
    telemetry,
    ...(draft.overrides?.debug_headers === true ? { debugHeaders: true } : {}),
    secretNames: secrets.names,
  };
  return { content, secrets };
}

function resolveAliases(context: CheckContext): readonly AliasPlan[] {
  const models = new ConfiguredModels(context.draft);
  return Object.entries(context.draft.model_aliases ?? {}).map(([name, alias]) => ({
    name,
    targets: resolveAliasPlaces(alias, models),
    ...resolveFailover(context, alias.failover),
  }));
}

/** A model id that several vendors offer becomes several places, in file order. */
function resolveAliasPlaces(alias: AliasDraft, models: ConfiguredModels): AliasPlan['targets'] {
  const places = alias.targets ?? (alias.target === undefined ? [] : [alias.target]);
  return places.flatMap((place): AliasPlan['targets'] => {
    if (typeof place === 'string') return models.find(place).map((model) => [{ model, weight: 1 }]);
    const shared = place.flatMap(({ model, weight = 1 }) =>
      models.find(model ?? '').map((name) => ({ model: name, weight })),
    );
    return [shared.filter(({ weight }) => weight > 0)];
  });
}

function resolvePreferences(context: CheckContext): readonly PreferencePlan[] {
  const { draft } = context;
  const configured = new ConfiguredModels(draft);
  return (draft.routing_preferences ?? []).flatMap(
    ({ name, description = '', models = [], selection_policy: policy, failover }) => {
      if (name === undefined) return [];
      // Bare ids stay as written: they may mean several vendors. Full model texts become the name of their entry.
      const references = models.map((model) => (model.includes('/') ? (configured.find(model)[0] ?? model) : model));
      const prefer = policy?.prefer ?? 'none';
      return [{ name, description, models: references, prefer, ...resolveFailover(context, failover) }];
    },
  );
}

function resolveRouting({ draft }: CheckContext): RoutingPlan {
  const model = draft.overrides?.llm_routing_model ?? draft.overrides?.agent_orchestration_model;
  return model === undefined ? {} : { routerModel: model.slice(model.indexOf('/') + 1) };
}

/** Bundles that distributions keep at fixed places; another machine that runs Envoy may well have them. */
const SYSTEM_BUNDLES = /^\/(etc|usr)\/(share\/)?(ssl|pki|ca-certificates)\//;

function resolveEgress(context: CheckContext): EgressPlan {
  const { draft, document, problems } = context;
  const written = draft.overrides?.upstream_tls_ca_path;
  if (draft.overrides === undefined || written === undefined) return {};
  const caPath = resolveReferences(context, draft.overrides, 'upstream_tls_ca_path', written);
  if (caPath === undefined) return {};
  if (context.envoyFilesHere && !SYSTEM_BUNDLES.test(caPath) && !existsSync(caPath)) {
    problems.add('ca_file_missing', document.place(draft.overrides, 'upstream_tls_ca_path'), {
      message: `The file \`${caPath}\` with trusted certificates does not exist on this machine.`,
    });
  }
  return { caPath };
}

/** Credentials of features that are not built yet: their variables are listed and checked like all others. */
function nameOtherSecrets({ draft, document }: CheckContext, secrets: SecretCollector): void {
  const { routing, state_storage: storage, tracing } = draft;
  if (storage?.connection_string !== undefined) {
    secrets.secret(document.pathOf(storage, 'connection_string'), storage.connection_string, '`state_storage`');
  }
  if (routing?.session_cache?.url !== undefined) {
    secrets.secret(document.pathOf(routing.session_cache, 'url'), routing.session_cache.url, '`routing.session_cache`');
  }
  for (const exporter of tracing?.exporters ?? []) {
    if (exporter.api_key === undefined) continue;
    secrets.secret(document.pathOf(exporter, 'api_key'), exporter.api_key, 'a trace exporter');
  }
}
