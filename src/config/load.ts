import type { Plan } from './plan';
import type { Problem } from './problem';

export interface LoadOptions {
  /** The shell's environment; it wins over the `.env` file beside the configuration. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text instead of reading the file (zero configuration, tests). */
  readonly text?: string;
  /** True when Envoy runs on another machine (`serve` alone): files that only Envoy reads are not looked for here. */
  readonly envoyElsewhere?: boolean;
}

export interface LoadResult {
  /** Absent when any problem is an error. */
  readonly plan?: Plan;
  /** All problems of the file, errors first, then by position. */
  readonly problems: readonly Problem[];
  /**
   * Values for Plan.secretNames that could be found (shell, `.env`, literals of the file). Handed to the sidecar's memory
   * only; never written, logged or put into the Plan.
   */
  readonly secrets: ReadonlyMap<string, string>;
  /** Environment variables named by the file that nobody sets, with the places that need them. */
  readonly missing: readonly {
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly neededBy: string;
  }[];
}
