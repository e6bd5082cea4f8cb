import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { CommandFailure, systemErrorCode } from '../failure';
import { shellWord } from '../shell-word';
import type { Terminal } from '../terminal';
import { defineVerb } from './verb';

interface InitOptions {
  readonly output: string;
  readonly force?: true;
}

/** Name and one line on each template; the files lie in `templates/`. */
const TEMPLATES = {
  agents: 'several agents behind one address, chosen by what the request asks for',
  models: 'several vendors behind one address, with aliases',
  routing: 'the request decides which model answers it',
  guards: 'filters and guards on what goes in and out',
  targets: 'questions become calls of your API',
} as const;

type TemplateName = keyof typeof TEMPLATES;

const EXAMPLES = `
Templates:
${listTemplates()}

Without a template they are listed and nothing is written (exit code 2). An existing file is only replaced with --force.

Examples:
  $ outerloop init agents
  $ outerloop init models --output gateway.yaml`;

export const verb = defineVerb<InitOptions>({
  id: 'init',
  group: 'Prepare',
  summary: 'write a commented configuration to start from',
  declare(command) {
    command
      .argument('[template]', 'one of the templates below')
      .option('-o, --output <file>', 'file to write', 'config.yaml')
      .option('--force', 'replace the file if it exists')
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [template], options }) {
    if (template === undefined) {
      terminal.err(`Which template?\n\n${listTemplates()}\n\nFor example: outerloop init agents\n`);
      return 2;
    }
    if (!isTemplate(template)) throw unknownTemplate(template);
    const target = resolve(terminal.folder, options.output);
    await writeTemplate(template, target, options.force === true);
    printNextSteps(template, relative(terminal.folder, target), terminal);
    return 0;
  },
});

function listTemplates(): string {
  return Object.entries(TEMPLATES)
    .map(([name, summary]) => `  ${name.padEnd(8)} ${summary}`)
    .join('\n');
}

function isTemplate(name: string): name is TemplateName {
  return Object.hasOwn(TEMPLATES, name);
}

function unknownTemplate(name: string): CommandFailure {
  const nearest = Object.keys(TEMPLATES).sort((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
  const meant = distance(name, nearest) <= 2 ? ` Did you mean "${nearest}"?` : '';
  return new CommandFailure(`There is no template "${name}".${meant}`, {
    fix: `Choose one of ${Object.keys(TEMPLATES).join(', ')}.`,
    exitCode: 2,
  });
}

async function writeTemplate(template: TemplateName, target: string, replace: boolean): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    await copyFile(
      join(__dirname, '..', 'templates', `${template}.yaml`),
      target,
      replace ? 0 : constants.COPYFILE_EXCL,
    );
  } catch (reason) {
    if (systemErrorCode(reason) !== 'EEXIST') throw reason;
    throw new CommandFailure(`${target} exists already; nothing was written.`, {
      fix: 'Replace it with --force, or write another file with --output FILE.',
    });
  }
}

function printNextSteps(template: TemplateName, file: string, terminal: Terminal): void {
  const { green, bold } = terminal.outColors;
  const word = shellWord(file);
  terminal.out(`${green('✓')} ${file} written from the template "${template}".\n\nNext:\n`);
  terminal.out(`  ${bold(`outerloop validate ${word}`)}   see what it still needs\n`);
  terminal.out(`  ${bold(`outerloop up ${word}`)}         start it\n`);
}
