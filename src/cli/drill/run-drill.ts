/**
 * `outerloop drill`: the real Envoy and the real sidecar on a configuration whose providers are stand-ins that fail on
 * demand. Not here: what failing over means (`decide/failover`), which `up` does in the same way. Caller: verbs/drill.ts.
 */
import type { Plan } from '../../config';
import type { Progress } from '../progress';
import { CALLER_KEY, drillKey, drillListener, drillPlan } from './drill-plan';
import { chainsOf, type DrillCandidate, type DrillChain } from './chains';
import { FAILURES, type Failure, type FailureId } from './failures';
import { startDrillInstance, type DrillInstance } from './instance';
import { judge } from './judge';
import { makeReport, type DrillReport, type DrillResult } from './report';
import { StandIn } from './stand-in';

export interface DrillOptions {
  readonly plan: Plan;
  readonly env: NodeJS.ProcessEnv;
  readonly envoyBinary: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Rejects with CommandFailure when Envoy or the sidecar cannot be started. */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const { plan } = options;
  const chains = chainsOf(plan, drillListener(plan, 0));
  if (chains.length === 0) return makeReport({ chains: [], results: [], leaks: [] });
  const standIns = await startStandIns(plan, chains);
  let instance: DrillInstance | undefined;
  try {
    const ports = new Map([...standIns].map(([upstream, { port }]) => [upstream, port]));
    instance = await startDrillInstance({ ...options, planFor: (port) => drillPlan(plan, ports, port) });
    const results: DrillResult[] = [];
    for (const chain of chains) results.push(...(await drillChain(chain, standIns, instance.url, options)));
    return makeReport({
      chains: chains.map(({ name, places, attempts }) => ({ name, places: places.map(placeName), attempts })),
      results,
      leaks: [...standIns.values()].flatMap(({ leaks }) => leaks),
    });
  } finally {
    await instance?.stop();
    await Promise.all([...standIns.values()].map((standIn) => standIn.stop()));
  }
}

/** One per provider upstream that some chain calls. */
async function startStandIns(plan: Plan, chains: readonly DrillChain[]): Promise<ReadonlyMap<string, StandIn>> {
  const candidates = new Map<string, DrillCandidate>();
  for (const candidate of chains.flatMap(({ places }) => places.flat())) candidates.set(candidate.name, candidate);
  const keys = [
    { owner: 'the caller', key: CALLER_KEY },
    ...plan.models.map((model) => ({ owner: model.name, key: drillKey(model, plan.models) })),
  ];
  const standIns = new Map<string, StandIn>();
  for (const upstream of new Set([...candidates.values()].map((candidate) => candidate.upstream))) {
    const own = [...candidates.values()].filter((candidate) => candidate.upstream === upstream);
    const keyed = own.map((candidate) => ({ candidate, key: drillKey(candidate, plan.models) }));
    const standIn = new StandIn({ upstream, candidates: keyed, keys });
    await standIn.start();
    standIns.set(upstream, standIn);
  }
  return standIns;
}

async function drillChain(
  chain: DrillChain,
  standIns: ReadonlyMap<string, StandIn>,
  url: string,
  { progress, signal }: DrillOptions,
): Promise<DrillResult[]> {
  const step = progress.step(`Drill ${chain.name}`);
  const results: DrillResult[] = [];
  const setFailing = async (failing: ReadonlyMap<string, FailureId>): Promise<void> => {
    for (const standIn of standIns.values()) await standIn.fail(failing, chain.places.flat());
  };
  for (const failure of FAILURES) {
    step.update(failure.title);
    for (let count = 1; count <= chain.places.length; count += 1) {
      signal.throwIfAborted();
      await setFailing(failingAt(chain, failure, count));
      results.push(await judge({ chain, failure, count, url, signal }));
    }
    // A good answer in between: many failures in a row would send candidates to the end of the list.
    await setFailing(new Map());
    const healthy = await judge({ chain, failure, count: 0, url, signal });
    if (healthy.outcome === 'failed') results.push(healthy);
  }
  if (results.some(({ outcome }) => outcome === 'failed')) step.failed();
  else step.done();
  return results;
}

function failingAt(chain: DrillChain, failure: Failure, count: number): ReadonlyMap<string, FailureId> {
  return new Map(chain.places.slice(0, count).flatMap((place) => place.map(({ name }) => [name, failure.id] as const)));
}

export function placeName(place: readonly DrillCandidate[]): string {
  return place.map(({ name }) => name).join(' or ');
}
