/**
 * Rules that compare places of a file: names that must exist, things that exclude each other, old, idle and future keys.
 * One file per topic; each rule reports on its own and needs no other to have passed.
 * Not here: the shape of the file (`schema`), values that become part of the Plan such as URLs and durations (`resolve`).
 * Caller: `load-config.ts`, after the migrations.
 */
import type { CheckContext } from '../check-context';
import { checkAliases } from './aliases';
import { checkFailover } from './failover';
import { checkIdleKeys } from './idle-keys';
import { checkIds } from './ids';
import { checkListeners } from './listeners';
import { checkModels } from './models';
import { checkFutureKeys } from './future-keys';
import { checkPreferences } from './preferences';
import { checkSessions } from './sessions';
import { checkTargets } from './targets';
import { checkUnexpanded } from './unexpanded';

const RULES: readonly ((context: CheckContext) => void)[] = [
  checkIds,
  checkListeners,
  checkModels,
  checkAliases,
  checkFailover,
  checkPreferences,
  checkSessions,
  checkTargets,
  checkUnexpanded,
  checkIdleKeys,
  checkFutureKeys,
];

export function checkMeaning(context: CheckContext): void {
  for (const rule of RULES) rule(context);
}
