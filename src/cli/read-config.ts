import { access, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import {
  findConfigFile,
  loadConfig,
  readPlan,
  renderProblems,
  zeroConfigText,
  type LoadResult,
  type Plan,
  type Problem,
} from '../config';
import { CommandFailure, messageOf } from './failure';
import type { Terminal } from './terminal';

/** Which configuration a verb works on. */
export interface ConfigChoice {
  /** Absolute path; for a zero configuration the place where the file would be, which names the instance. */
  readonly file: string;
  /** The path as a person wrote it, for messages. */
  readonly shown: string;
  /** Text of a zero configuration; absent when `file` is to be read. */
  readonly text?: string;
}

export interface ReadyConfig {
  readonly plan: Plan;
  readonly secrets: ReadonlyMap<string, string>;
}

const ZERO_CONFIG_NAME = 'zero-config';

/** Where the instance of a zero configuration in this folder is kept. */
export function zeroConfigFile(folder: string): string {
  return join(folder, ZERO_CONFIG_NAME);
}

/**
 * The file that was named, else the folder's own, else a zero configuration from provider keys in the environment.
 * @throws CommandFailure when there is none of them.
 */
export async function chooseConfig(given: string | undefined, terminal: Terminal): Promise<ConfigChoice> {
  if (given !== undefined) return { file: await existingFile(resolve(terminal.folder, given)), shown: given };
  const found = await findConfigFile(terminal.folder);
  if (found !== undefined)
    return { file: resolve(terminal.folder, found), shown: relative(terminal.folder, resolve(terminal.folder, found)) };
  const text = zeroConfigText(terminal.env);
  if (text !== undefined) return { file: zeroConfigFile(terminal.folder), shown: ZERO_CONFIG_NAME, text };
  throw new CommandFailure(
    'There is no configuration: no config.yaml or plano_config.yaml here, and no provider key.',
    {
      fix: 'Name a file, run "outerloop init agents" to write one, or export a key such as OPENAI_API_KEY.',
    },
  );
}

async function existingFile(file: string): Promise<string> {
  try {
    await access(file);
    return file;
  } catch (reason) {
    throw new CommandFailure(`${file} cannot be read.`, {
      fix: `Check the path; "outerloop init" writes a first configuration. Nothing was started in ${dirname(file)}.`,
      cause: reason,
    });
  }
}

/** `envoyElsewhere`: files that only Envoy reads need not exist on this machine. */
export async function loadChoice(
  choice: ConfigChoice,
  terminal: Terminal,
  { envoyElsewhere = false } = {},
): Promise<LoadResult> {
  return loadConfig(choice.shown, {
    env: terminal.env,
    envoyElsewhere,
    ...(choice.text === undefined ? {} : { text: choice.text }),
  });
}

/** Prints all problems to the error stream, nothing when there are none. */
export function printProblems(problems: readonly Problem[], terminal: Terminal): void {
  if (problems.length === 0) return;
  terminal.err(`${renderProblems(problems, { color: terminal.errColors.isColorSupported }).trimEnd()}\n`);
}

/**
 * The Plan of a configuration that may be compiled: warnings are printed, errors refused.
 * @throws CommandFailure after all problems were printed.
 */
export function demandPlan(result: LoadResult, terminal: Terminal): Plan {
  printProblems(result.problems, terminal);
  if (result.plan !== undefined) return result.plan;
  throw new CommandFailure('The configuration has errors.', { fix: 'Correct the places listed above.' });
}

/**
 * The Plan and the secrets of a configuration that may be started: in addition every variable it names is set, and nothing
 * that protects is missing.
 * @throws CommandFailure after everything that is in the way was printed.
 */
export function demandStartable(result: LoadResult, terminal: Terminal): ReadyConfig {
  // Missing variables are listed together below, with what to type, instead of one warning each.
  printProblems(
    result.problems.filter((problem) => problem.code !== 'missing_variable'),
    terminal,
  );
  printMissing(result.missing, terminal);
  const unprotected = result.problems.filter((problem) => problem.refusesStart === true);
  if (result.plan === undefined) {
    throw new CommandFailure('The configuration has errors; nothing was started.', {
      fix: 'Correct the places listed above.',
    });
  }
  if (unprotected.length > 0) {
    const places = unprotected.map((problem) => `${problem.file}:${problem.line}`).join(', ');
    throw new CommandFailure(`The configuration asks for protection that cannot be given yet (${places}).`, {
      fix: 'Remove what is named above, or wait for it: starting without it would let through what it should stop.',
    });
  }
  if (result.missing.length > 0) {
    throw new CommandFailure('Environment variables are missing; nothing was started.', {
      fix: 'Set the variables listed above.',
    });
  }
  return { plan: result.plan, secrets: result.secrets };
}

function printMissing(missing: LoadResult['missing'], terminal: Terminal): void {
  if (missing.length === 0) return;
  const colors = terminal.errColors;
  const names = [...new Set(missing.map((place) => place.name))];
  terminal.err(`${colors.red('Missing environment variables:')}\n`);
  for (const place of missing) {
    terminal.err(`  ${colors.bold(place.name)}  ${place.file}:${place.line}:${place.column} (${place.neededBy})\n`);
  }
  const folder = dirname(missing[0]?.file ?? '.');
  terminal.err(`Export them, or put them into ${join(folder, '.env')}:\n`);
  for (const name of names) terminal.err(`  export ${name}=...\n`);
}

/**
 * What `serve` runs: a compiled plan.json with the variables it names from the environment, or a configuration.
 * @throws CommandFailure when it cannot be started.
 */
export async function readSidecarConfig(file: string, shown: string, terminal: Terminal): Promise<ReadyConfig> {
  const text = await readFile(await existingFile(file), 'utf8');
  if (!looksLikePlan(text)) {
    return demandStartable(await loadChoice({ file, shown }, terminal, { envoyElsewhere: true }), terminal);
  }
  const plan = parsePlan(text, shown);
  if (plan.missingProtection !== undefined && plan.missingProtection.length > 0) {
    throw new CommandFailure(
      `${shown} asks for protection that cannot be given yet (${plan.missingProtection.join('; ')}).`,
      {
        fix: 'Remove it from the configuration and compile again, or wait for it: without it, what it should stop would pass.',
      },
    );
  }
  const values = plan.secretNames.map((name) => [name, terminal.env[name]] as const);
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw new CommandFailure(`Environment variables that ${shown} names are missing: ${missing.join(', ')}.`, {
      fix: 'Export them where the sidecar is started.',
    });
  }
  return { plan, secrets: new Map(values.filter((entry): entry is [string, string] => entry[1] !== undefined)) };
}

/** A configuration may be JSON too (YAML allows it); only a Plan has a format and a hash. */
function looksLikePlan(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'format' in value && 'hash' in value;
  } catch {
    return false;
  }
}

function parsePlan(text: string, shown: string): Plan {
  try {
    return readPlan(text);
  } catch (reason) {
    throw new CommandFailure(`${shown}: ${messageOf(reason)}`, {
      fix: 'Compile it again with this version: outerloop compile FILE --out DIR',
      cause: reason,
    });
  }
}
