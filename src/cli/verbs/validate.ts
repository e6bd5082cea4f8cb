import { problemsJson, type LoadResult } from '../../config';
import { defineVerb } from './verb';
import { loadChoice, printProblems } from '../read-config';
import { resolve } from 'node:path';
import type { Terminal } from '../terminal';

interface ValidateOptions {
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Examples:
  $ outerloop validate config.yaml
  $ outerloop validate config.yaml --format json | jq '.problems[].code'

Exit code: 0 valid (warnings allowed), 1 errors, 2 wrong usage.`;

export const verb = defineVerb<ValidateOptions>({
  id: 'validate',
  group: 'Prepare',
  summary: 'report every problem of a configuration at once, without starting anything',
  declare(command) {
    command
      .argument('<file>', 'configuration file')
      .addOption(command.createOption('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given = ''], options }) {
    const result = await loadChoice({ file: resolve(terminal.folder, given), shown: given }, terminal);
    if (options.format === 'json') terminal.out(`${JSON.stringify(problemsJson(given, result.problems), null, 2)}\n`);
    else printText(given, result, terminal);
    return result.plan === undefined ? 1 : 0;
  },
});

function printText(file: string, result: LoadResult, terminal: Terminal): void {
  printProblems(result.problems, terminal);
  const { green, red } = terminal.outColors;
  terminal.out(result.plan === undefined ? `${red('✗')} ${file} has errors\n` : `${green('✓')} ${file} is valid\n`);
}
