import type { Command } from 'commander';
import type { ExitCode } from '../failure';
import type { Terminal } from '../terminal';

/**
 * One verb of the command line. `declare` names its arguments, options and examples on a fresh Command;
 * `run` receives what was parsed. It resolves with the exit code, or rejects with a CommandFailure.
 */
export interface Verb<Options = object> {
  /** What a person types. */
  readonly id: string;
  readonly summary: string;
  /** Heading in the help. */
  readonly group: 'Run' | 'Look' | 'Prepare';
  declare(command: Command): void;
  run(call: VerbCall<Options>): Promise<ExitCode>;
}

export interface VerbCall<Options> {
  readonly terminal: Terminal;
  /** Positional arguments in order; optional ones that were not given are undefined. */
  readonly arguments: readonly (string | undefined)[];
  readonly options: Options;
}

/** Keeps the option type of one verb checked while the list of verbs holds them all alike. */
export function defineVerb<Options extends object>(verb: Verb<Options>): Verb {
  return { ...verb, run: (call) => verb.run({ ...call, options: call.options as Options }) };
}
