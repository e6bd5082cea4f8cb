import { basename } from 'node:path';
import { chooseInstance } from '../chosen-instance';
import { CommandFailure } from '../failure';
import { listenForInterruption } from '../interruption';
import { followLogs, logFilesOf, tailOf } from '../log-files';
import { defineVerb } from './verb';

interface LogsOptions {
  readonly follow?: true;
  readonly access?: true;
}

const SHOWN_LINES = 50;

const EXAMPLES = `
Shows the last ${SHOWN_LINES} lines of each log: supervisor, sidecar and Envoy; with --access the requests
(one JSON object per line). The logs of a stopped instance can still be read.

Examples:
  $ outerloop logs -f
  $ outerloop logs config.yaml --access | jq 'select(.status >= 500)'`;

export const verb = defineVerb<LogsOptions>({
  id: 'logs',
  group: 'Look',
  summary: 'show the logs of an instance',
  declare(command) {
    command
      .argument('[file]', 'configuration file of the instance')
      .option('-f, --follow', 'go on printing until Ctrl-C')
      .option('--access', 'the requests instead of the processes')
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given], options }) {
    const instance = await chooseInstance(given, terminal);
    const list = (): Promise<string[]> =>
      logFilesOf(instance.logFolder, options.access === true ? 'access' : 'processes');
    // One JSON object per line must stay one; lines of several processes are told apart by a name in front.
    const print = (file: string, line: string): void =>
      terminal.out(
        options.access === true ? `${line}\n` : `${terminal.outColors.dim(basename(file, '.log'))} ${line}\n`,
      );
    const files = await list();
    if (files.length === 0 && options.follow !== true) {
      throw new CommandFailure(`There are no logs of ${instance.configFile}.`, {
        fix: 'Start it with "outerloop up".',
      });
    }
    for (const file of files) for (const line of await tailOf(file, SHOWN_LINES)) print(file, line);
    if (options.follow === true) await followLogs(list, print, listenForInterruption().asked);
    return 0;
  },
});
