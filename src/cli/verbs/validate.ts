import type { LoadResult } from '../../config';
import { defineVerb } from '../verb';
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

export const validate = defineVerb<ValidateOptions>({
  name: 'validate',
  summary: 'report every problem of a configuration at once, without starting anything',
  declare(command) {
    command
      .argument('<file>', 'configuration file')
      .addOption(command.createOption('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given = ''], options }) {
    const result = await loadChoice({ file: resolve(terminal.folder, given), shown: given }, terminal);
    if (options.format === 'json') printJson(given, result, terminal);
    else printText(given, result, terminal);
    return result.problems.some((problem) => problem.severity === 'error') ? 1 : 0;
  },
});

function printJson(file: string, result: LoadResult, terminal: Terminal): void {
  const problems = result.problems.map(({ code, severity, file, line, column, message, why, fix }) => ({
    code,
    severity,
    file,
    line,
    column,
    message,
    why,
    fix,
  }));
  terminal.out(`${JSON.stringify({ file, problems }, null, 2)}\n`);
}

function printText(file: string, result: LoadResult, terminal: Terminal): void {
  printProblems(result, terminal);
  const errors = result.problems.filter((problem) => problem.severity === 'error').length;
  const warnings = result.problems.length - errors;
  const counted = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '').join(', ');
  const colors = terminal.outColors;
  terminal.out(
    errors > 0
      ? `${colors.red('✗')} ${file}: ${counted}\n`
      : `${colors.green('✓')} ${file} is valid${counted === '' ? '' : ` (${counted})`}\n`,
  );
  const missing = [...new Set(result.missing.map((place) => place.name))];
  if (missing.length > 0) terminal.out(`  not set here, needed to start: ${missing.join(', ')}\n`);
}

function count(number: number, noun: string): string {
  if (number === 0) return '';
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
