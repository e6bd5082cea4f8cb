/**
 * Every problem a configuration can have, in one closed table; nothing else is ever reported.
 * `docs/problems.md` lists the same codes (a test compares both). Reasons and advice are the general ones; where the
 * reporting rule knows the names involved it says something more specific.
 * Not here: finding problems (`validate`, `resolve`, …) and showing them (`render.ts`). Caller: `problem-list.ts`.
 */
import { READING_PROBLEMS } from './reading';
import { LISTENERS_PROBLEMS } from './listeners';
import { MODELS_PROBLEMS } from './models';
import { VALUES_PROBLEMS } from './values';
import { FEATURES_PROBLEMS } from './features';
import type { ProblemRow } from './row';

export type { ProblemRow };

export const PROBLEM_TABLE = {
  ...READING_PROBLEMS,
  ...LISTENERS_PROBLEMS,
  ...MODELS_PROBLEMS,
  ...VALUES_PROBLEMS,
  ...FEATURES_PROBLEMS,
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof PROBLEM_TABLE;
