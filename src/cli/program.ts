/**
 * cli: the `outerloop` command. The only folder that reads argv and the environment, talks to people and builds services
 * out of the other folders. It decides nothing about requests. Called by main.ts.
 */
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { CommandFailure, type ExitCode, fileErrorFix, messageOf } from './failure';
import { currentTerminal } from './background';
import type { Terminal } from './terminal';
import { VERBS } from './verbs';
import type { Verb } from './verbs/verb';
import { packageVersion } from './package-version';

const HELP = `
First steps:
  $ outerloop init agents            write a commented config.yaml
  $ outerloop up                     start it: Envoy and the sidecar, Ctrl-C stops both
  $ outerloop up --detach            the same in the background
  $ outerloop status                 what runs and where it listens
  $ outerloop down                   stop it

  With no file at all: export OPENAI_API_KEY=... && outerloop up

More: outerloop <verb> --help`;

/** Runs one command line and resolves with its exit code; everything a person should read is printed. */
export async function runProgram(argv: readonly string[], terminal: Terminal = currentTerminal()): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = buildProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    await terminal.flushed();
    return exitCode;
  } catch (reason) {
    return report(reason, terminal, argv.includes('--verbose'));
  }
}

function buildProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('outerloop');
  program
    .description('The outer loop of agentic applications: one YAML file in, a real Envoy and its sidecar out.')
    .version(packageVersion(), '--version', 'print the version')
    .usage('<verb> [options]')
    .addHelpText('after', HELP)
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError('(outerloop --help lists the verbs)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  for (const verb of inHelpOrder(VERBS)) addVerb(program, verb, terminal, finish);
  return program;
}

const GROUPS: readonly Verb['group'][] = ['Prepare', 'Run', 'Look'];

function inHelpOrder(verbs: readonly Verb[]): Verb[] {
  return GROUPS.flatMap((group) => verbs.filter((verb) => verb.group === group));
}

function addVerb(program: Command, verb: Verb, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const command = program.command(verb.id).helpGroup(`${verb.group}:`);
  // A subcommand inherits exitOverride and configureOutput from its parent.
  command.description(verb.summary).showHelpAfterError(`(outerloop ${verb.id} --help shows its options)`);
  verb.declare(command);
  command.option('--verbose', 'show the details of unexpected errors');
  command.action(async () => {
    finish(
      await verb.run({ terminal, arguments: command.processedArgs as (string | undefined)[], options: command.opts() }),
    );
  });
}

function report(reason: unknown, terminal: Terminal, verbose: boolean): ExitCode {
  if (reason instanceof CommanderError) {
    // Help and version end with 0; every other complaint of the parser has been printed and is wrong usage.
    return reason.exitCode === 0 ? 0 : 2;
  }
  const { red, dim, bold } = terminal.errColors;
  terminal.err(`${red('error:')} ${messageOf(reason)}\n`);
  if (reason instanceof CommandFailure) {
    for (const line of reason.details) terminal.err(`  ${dim(line)}\n`);
    if (reason.fix !== undefined) terminal.err(`${bold('fix:')} ${reason.fix}\n`);
    if (verbose && reason.cause !== undefined) terminal.err(`${describe(reason.cause)}\n`);
    return reason.exitCode;
  }
  terminal.err(
    verbose
      ? `${describe(reason)}\n`
      : `${bold('fix:')} ${fileErrorFix(reason) ?? 'This is unexpected; run it again with --verbose for details.'}\n`,
  );
  return 1;
}

function describe(reason: unknown): string {
  return inspect(reason, { depth: 4 });
}
