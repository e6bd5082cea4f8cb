import type { ListenerType } from '../config/plan';
import type { Exchange, FactName } from './exchange';
import type { Reply } from './mutation';
import type { ListenerServices } from './services';

/**
 * One step of a request. `needs` and `provides` name facts of the Exchange: a wrong order is found when the listener starts,
 * not when a request arrives.
 */
export interface Stage {
  readonly name: string;
  readonly needs: readonly FactName[];
  readonly provides: readonly FactName[];
  /** Listener types this stage takes part in. */
  readonly listeners: readonly ListenerType[];
  /** Called once per listener. Throwing GatewayError from a run answers the caller in its API shape. */
  create(services: ListenerServices): StageRun;
}

/** Returns a Reply to answer at once and skip the rest. */
export type StageRun = (exchange: Exchange) => Promise<Reply | undefined> | Reply | undefined;

/** Facts that exist before the first stage runs. */
export const INITIAL_FACTS: readonly FactName[] = ['dialect', 'body'];

/** Facts that the last stage must have left behind. */
export const FINAL_FACTS: readonly FactName[] = ['forward', 'attempts', 'response'];

/** Throws with the name of the stage and of the fact that is missing. */
export function checkOrder(stages: readonly Stage[]): void {
  const known = new Set<FactName>(INITIAL_FACTS);
  for (const stage of stages) {
    for (const need of stage.needs) {
      if (!known.has(need)) throw new Error(`stage "${stage.name}" needs "${need}", which no earlier stage provides`);
    }
    for (const fact of stage.provides) known.add(fact);
  }
  for (const fact of FINAL_FACTS) {
    if (!known.has(fact))
      throw new Error(`no stage provides "${fact}"; the last one is "${stages.at(-1)?.name ?? '-'}"`);
  }
}
