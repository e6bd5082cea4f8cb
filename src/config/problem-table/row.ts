import type { Problem } from '../problem';

export interface ProblemRow {
  readonly severity: Problem['severity'];
  /** What kind of mistake this is; the heading in docs/problems.md. */
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

export const error = (what: string, why: string, fix: string): ProblemRow => ({ severity: 'error', what, why, fix });
export const warning = (what: string, why: string, fix: string): ProblemRow => ({
  severity: 'warning',
  what,
  why,
  fix,
});
