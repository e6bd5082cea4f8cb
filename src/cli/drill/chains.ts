import type { ListenerPlan, Plan } from '../../config';
import { attemptCount, failoverPolicy, type FailoverPolicy } from '../../decide/failover';
import { createModelDirectory, type ModelCandidate } from '../../decide/models';
import { chooseDialect } from '../../providers/registry';
import type { UpstreamApiId } from '../../wire';

/** The API that the drill calls: the one that every other can be translated from. */
export const DRILL_API = 'openai.chat';

export interface DrillCandidate {
  /** Name of the ModelPlan. */
  readonly name: string;
  /** As x-outerloop-model tells it. */
  readonly publicName: string;
  readonly upstream: string;
  readonly api: UpstreamApiId;
}

/** A name that callers may ask for, and who may answer: one place per attempt, several candidates share a place. */
export interface DrillChain {
  readonly name: string;
  readonly places: readonly (readonly DrillCandidate[])[];
  readonly policy: FailoverPolicy;
  readonly attempts: number;
}

/** Every alias and every model id with more than one place that can be asked in the drill's API. */
export function chainsOf(plan: Plan, listener: ListenerPlan): readonly DrillChain[] {
  const directory = createModelDirectory(plan);
  const ids = plan.models.filter((model) => !model.wildcard).map((model) => model.modelId);
  const names = new Set([...plan.aliases.map((alias) => alias.name), ...ids]);
  return [...names].flatMap((name): DrillChain[] => {
    const decision = directory.resolve(name);
    const places = decision.places.map((place) => place.flatMap(({ candidate }) => drillCandidate(candidate)));
    const usable = places.filter((place) => place.length > 0);
    if (usable.length < 2) return [];
    const policy = failoverPolicy([decision.failover, listener.failover]);
    return [{ name, places: usable, policy, attempts: attemptCount(policy, usable.length, listener.maxRetries) }];
  });
}

function drillCandidate({ model, modelId, provider }: ModelCandidate): DrillCandidate[] {
  const choice = chooseDialect(provider, DRILL_API, modelId);
  if (choice === undefined) return [];
  const publicName = `${model.prefix}/${modelId}`;
  return [{ name: model.name, publicName, upstream: model.upstream, api: choice.api ?? choice.dialect }];
}
