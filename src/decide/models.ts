/**
 * Which configured models may serve a request, in which order. Pure: a Plan goes in, decisions come out.
 *
 * Order of the lookup for a requested name; the first step that finds something decides:
 * 1. an alias (one step; its targets are models, never aliases);
 * 2. the `name` of an entry, or its full model string `vendor/model`;
 * 3. the bare model id: every entry that has it, in file order, one place each, so that failover has somewhere to go;
 * 4. a wildcard of the named vendor, for any model id;
 * 5. wildcards of vendors that are known to offer the bare id, in file order;
 * 6. `x/model` where `x` is nobody's name: 2 to 5 for `model`.
 * A request that names vendor A is never sent to vendor B: it fails with a suggestion instead.
 */
import type { AliasPlan, FailoverPlan, ModelPlan, Plan } from '../config/plan';
import type { Provider } from '../providers/provider';
import { findProvider } from '../providers/registry';
import { GatewayError } from '../wire/errors';
import { nearestName } from './nearest-name';
import { catalogIds, dynamicId, type Wildcard, wildcardOf } from './wildcards';

export interface ModelCandidate {
  readonly model: ModelPlan;
  /** Concrete model id sent upstream (never `*`). */
  readonly modelId: string;
  readonly provider: Provider;
}

export interface WeightedCandidate {
  readonly candidate: ModelCandidate;
  /** Share inside its place; only the proportion matters. */
  readonly weight: number;
}

export interface ModelDecision {
  /** As the client wrote it; undefined when it named none. */
  readonly requested: string | undefined;
  /** Tried in order; the candidates of one place share its traffic by weight. Never empty, no place is empty. */
  readonly places: readonly (readonly WeightedCandidate[])[];
  readonly decidedBy: 'name' | 'alias' | 'wildcard' | 'default';
  /** What leads from one candidate to the next, where the file says it for this choice. */
  readonly failover?: FailoverPlan;
  /** One sentence for people (traces, debug header). */
  readonly reason: string;
}

export interface ModelDirectory {
  /**
   * @param requested model name of the request; undefined, empty or (when nothing is called so) `none`: the default model
   * @throws GatewayError `model_not_found` for an unknown name, `no_model` when none was named and there is no default
   */
  resolve(requested: string | undefined): ModelDecision;
  /** What `/v1/models` shows: names, aliases and expanded wildcards, sorted by id. `ownedBy` is the vendor's display name. */
  list(): readonly ListedModel[];
}

export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string;
}

/** Some clients cannot leave the model out and write this instead, as Plano's guides do. */
const NO_MODEL_NAME = 'none';

/** Enough of an unknown name to recognise it in an error message. */
const MAX_QUOTED_NAME = 120;

/** @throws Error when the Plan contradicts itself (unknown vendor or alias target), which `config` rules out. */
export function createModelDirectory(plan: Plan): ModelDirectory {
  return new PlannedModels(plan);
}

/** What a candidate is remembered by: the same model under another key or vendor is another candidate. */
export function candidateKey({ model, modelId }: ModelCandidate): string {
  return model.wildcard ? `${model.name} ${modelId}` : model.name;
}

/**
 * One candidate per place, chosen by weight among those that do not rest. Candidates that rest come last, and are never
 * left out: when all others fail, a tired one is better than none.
 *
 * @param random gives numbers in [0, 1), e.g. Math.random
 */
export function pickOrder(
  decision: ModelDecision,
  random: () => number,
  isResting: (candidate: ModelCandidate) => boolean = () => false,
): ModelCandidate[] {
  const picked = decision.places.flatMap((place) => {
    const awake = place.length > 1 ? place.filter(({ candidate }) => !isResting(candidate)) : [];
    const choices = awake.length > 0 ? awake : place;
    const choice = choices.length > 1 ? pickByWeight(choices, random()) : choices[0];
    return choice ? [choice.candidate] : [];
  });
  if (picked.length < 2) return picked;
  return [...picked.filter((candidate) => !isResting(candidate)), ...picked.filter(isResting)];
}

function pickByWeight(place: readonly WeightedCandidate[], share: number): WeightedCandidate | undefined {
  let rest = share * place.reduce((sum, { weight }) => sum + weight, 0);
  for (const entry of place) {
    rest -= entry.weight;
    if (rest < 0) return entry;
  }
  // All weights are zero.
  return place[0];
}

class PlannedModels implements ModelDirectory {
  readonly #aliases: ReadonlyMap<string, ModelDecision>;
  readonly #entries: readonly ModelPlan[];
  readonly #wildcards: readonly Wildcard[];
  readonly #defaultModel: ModelPlan | undefined;
  readonly #list: readonly ListedModel[];
  /** First segments that name a configured vendor. */
  readonly #configuredPrefixes: ReadonlySet<string>;

  constructor(plan: Plan) {
    this.#entries = plan.models.filter((model) => !model.wildcard);
    this.#wildcards = plan.models.filter((model) => model.wildcard).map(wildcardOf);
    this.#aliases = new Map(plan.aliases.map((alias) => [alias.name, aliasDecision(alias, plan.models)]));
    this.#configuredPrefixes = new Set(plan.models.map((model) => model.prefix));
    const only = plan.models.length === 1 ? this.#entries[0] : undefined;
    this.#defaultModel = this.#entries.find((model) => model.default) ?? only;
    this.#list = listing(this.#aliases, this.#entries, this.#wildcards);
  }

  list(): readonly ListedModel[] {
    return this.#list;
  }

  resolve(requested: string | undefined): ModelDecision {
    const name = requested === '' ? undefined : requested;
    const decision = name === undefined ? undefined : this.#find(name);
    if (decision) return decision;
    if (name === undefined || name === NO_MODEL_NAME) return this.#default(requested);
    throw this.#notFound(name);
  }

  #find(name: string): ModelDecision | undefined {
    const alias = this.#aliases.get(name);
    if (alias) return alias;
    const direct = this.#lookUp(name, name);
    if (direct) return direct;
    const { prefix, rest } = splitName(name);
    const foreign = prefix !== '' && !vendorOf(prefix) && !this.#configuredPrefixes.has(prefix);
    return foreign ? this.#lookUp(rest, name) : undefined;
  }

  #lookUp(name: string, requested: string): ModelDecision | undefined {
    const written = this.#written(name);
    if (written.length > 0) return decide(requested, 'name', written);
    const matches = this.#byWildcard(name);
    return matches.length > 0 ? decide(requested, 'wildcard', matches) : undefined;
  }

  /** Steps 2 and 3: entries that were written down. */
  #written(name: string): readonly ModelCandidate[] {
    const own = this.#entries.filter((model) => model.name === name && model.name !== model.model);
    if (own.length > 0) return own.map(entryCandidate);
    const exact = this.#entries.filter((model) => model.model === name || isSameModel(model, name));
    if (exact.length > 0) return exact.map(entryCandidate);
    // `openai/x` may be OpenRouter's id for a model, but where OpenAI itself is a wildcard, it is OpenAI's.
    const claimed = this.#wildcards.some((wildcard) => dynamicId(wildcard, name) !== undefined);
    const bare = this.#entries.filter((model) => model.modelId === name);
    return bare.filter((model) => !claimed || name.startsWith(`${model.prefix}/`)).map(entryCandidate);
  }

  /** Steps 4 and 5: the wildcards of the named vendor, else those of vendors that are known to offer the bare id. */
  #byWildcard(name: string): readonly ModelCandidate[] {
    const dynamic = this.#wildcards.flatMap((wildcard) => {
      const modelId = dynamicId(wildcard, name);
      return modelId === undefined ? [] : [{ wildcard, modelId }];
    });
    if (dynamic.length === 0) {
      const offering = this.#wildcards.filter((wildcard) => catalogIds(wildcard).includes(name));
      return offering.map((wildcard) => candidateOf(wildcard.model, name));
    }
    const mostSpecific = Math.max(...dynamic.map(({ wildcard }) => wildcard.idPrefix.length));
    return dynamic
      .filter(({ wildcard }) => wildcard.idPrefix.length === mostSpecific)
      .map(({ wildcard, modelId }) => candidateOf(wildcard.model, modelId));
  }

  #default(requested: string | undefined): ModelDecision {
    const model = this.#defaultModel;
    if (!model) throw new GatewayError('no_model', 'The request names no model, and no default model is configured.');
    return {
      requested,
      places: [[{ candidate: candidateOf(model, model.modelId), weight: 1 }]],
      decidedBy: 'default',
      reason: model.default
        ? `The request names no model; ${model.name} is the default.`
        : `The request names no model; ${model.name} is the only one.`,
    };
  }

  #notFound(name: string): GatewayError {
    const quoted = name.length > MAX_QUOTED_NAME ? `${name.slice(0, MAX_QUOTED_NAME)}…` : name;
    const bareIds = [...this.#entries.map((model) => model.modelId), ...this.#wildcards.flatMap(catalogIds)];
    const known = [...this.#list.map(({ id }) => id), ...bareIds];
    const nearest = nearestName(name, known) ?? this.#sameIdElsewhere(name);
    const suggestion = nearest === undefined ? '' : `Did you mean "${nearest}"? `;
    return new GatewayError('model_not_found', `The model "${quoted}" is not configured.`, {
      param: 'model',
      hint: `${suggestion}GET /v1/models lists the models of this listener.`,
    });
  }

  /** `openai/x` asked for where only another vendor has `x`: worth naming, not worth guessing. */
  #sameIdElsewhere(name: string): string | undefined {
    const { rest } = splitName(name);
    return this.#entries.find((model) => model.modelId === rest)?.name;
  }
}

function splitName(name: string): { prefix: string; rest: string } {
  const slash = name.indexOf('/');
  return { prefix: name.slice(0, Math.max(0, slash)), rest: name.slice(slash + 1) };
}

/** The vendor that a prefix names, however it is spelled. */
function vendorOf(prefix: string): Provider | undefined {
  return findProvider(prefix.toLowerCase());
}

/** `google/x` for an entry `gemini/x`: the same vendor under another spelling. */
function isSameModel(model: ModelPlan, name: string): boolean {
  const { prefix, rest } = splitName(name);
  return (
    model.modelId === rest &&
    prefix !== '' &&
    vendorOf(prefix) !== undefined &&
    vendorOf(prefix) === vendorOf(model.prefix)
  );
}

function entryCandidate(model: ModelPlan): ModelCandidate {
  return candidateOf(model, model.modelId);
}

function candidateOf(model: ModelPlan, modelId: string): ModelCandidate {
  const provider = findProvider(model.provider);
  if (!provider) throw new Error(`The Plan names the unknown provider "${model.provider}" for model "${model.name}".`);
  return { model, modelId, provider };
}

function decide(
  requested: string,
  decidedBy: 'name' | 'wildcard',
  candidates: readonly ModelCandidate[],
): ModelDecision {
  const names = candidates.map(({ model }) => model.name).join(', ');
  const how = decidedBy === 'name' ? 'is configured as' : 'matches';
  return {
    requested,
    places: candidates.map((candidate) => [{ candidate, weight: 1 }]),
    decidedBy,
    reason: `${requested} ${how} ${names}.`,
  };
}

function aliasDecision(alias: AliasPlan, models: readonly ModelPlan[]): ModelDecision {
  const places = alias.targets.map((place) =>
    place.map(({ model: name, weight }) => {
      const model = models.find((entry) => entry.name === name);
      if (!model) throw new Error(`The Plan's alias "${alias.name}" targets "${name}", which is not a model.`);
      return { candidate: candidateOf(model, model.modelId), weight };
    }),
  );
  const names = alias.targets.map((place) => place.map(({ model }) => model).join(' or ')).join(', then ');
  return {
    requested: alias.name,
    places,
    decidedBy: 'alias',
    reason: `${alias.name} is an alias of ${names}.`,
    ...(alias.failover === undefined ? {} : { failover: alias.failover }),
  };
}

function listing(
  aliases: ReadonlyMap<string, ModelDecision>,
  entries: readonly ModelPlan[],
  wildcards: readonly Wildcard[],
): readonly ListedModel[] {
  const owners = new Map<string, string>();
  for (const wildcard of wildcards) {
    for (const id of catalogIds(wildcard)) {
      owners.set(`${wildcard.model.prefix}/${id}`, candidateOf(wildcard.model, id).provider.displayName);
    }
  }
  // Entries after wildcards, aliases last: the same order of precedence as in resolve().
  for (const model of entries) owners.set(model.name, candidateOf(model, model.modelId).provider.displayName);
  for (const [name, decision] of aliases) {
    const first = decision.places[0]?.[0];
    if (first) owners.set(name, first.candidate.provider.displayName);
  }
  return [...owners].map(([id, ownedBy]) => ({ id, ownedBy })).sort((a, b) => (a.id < b.id ? -1 : 1));
}
