import { printReport } from '../drill/print';
import { runDrill } from '../drill/run-drill';
import { findEnvoy } from '../envoy-binary';
import { listenForInterruption } from '../interruption';
import { asStep, terminalProgress } from '../progress';
import { chooseConfig, demandPlan, loadChoice } from '../read-config';
import type { Terminal } from '../terminal';
import { homeFolder } from '../wiring';
import { defineVerb } from './verb';

interface DrillOptions {
  readonly envoy?: string;
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Every alias with several targets and every model id of several vendors is asked while its candidates fail: the first,
then the first two, and so on. Stand-ins on this machine take the place of the providers: no key is needed or used, and
nothing leaves the machine. Time limits of attempts are shortened to a second. What "failover" does not lead on after is
not tried.

Examples:
  $ outerloop drill config.yaml
  $ outerloop drill config.yaml --format json | jq '.results[] | select(.outcome == "failed")'

Exit code: 0 every failure that should be survived was, and no key reached a stranger; else 1.`;

export const verb = defineVerb<DrillOptions>({
  id: 'drill',
  group: 'Look',
  summary: 'let providers fail on purpose and show who answers instead',
  declare(command) {
    command
      .argument('[file]', 'configuration file')
      .option('--envoy <path>', 'Envoy binary to use (1.40 or newer)')
      .addOption(command.createOption('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given], options }) {
    const interruption = listenForInterruption();
    const loaded = await loadChoice(await chooseConfig(given, terminal), terminal);
    // Placeholders take the place of every key.
    const problems = loaded.problems.filter(({ code }) => code !== 'missing_variable');
    const plan = demandPlan({ ...loaded, problems }, terminal);
    const progress = terminalProgress(options.format === 'json' ? quiet(terminal) : terminal);
    const home = homeFolder(terminal.env);
    const envoy = await asStep(
      progress,
      'Find Envoy',
      (step) =>
        findEnvoy({
          env: terminal.env,
          home,
          report: (detail) => step.update(detail),
          signal: interruption.asked,
          ...(options.envoy === undefined ? {} : { flag: options.envoy }),
        }),
      (found) => found.version,
    );
    const { env } = terminal;
    const report = await runDrill({ plan, env, envoyBinary: envoy.path, progress, signal: interruption.asked });
    if (options.format === 'json') terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    else if (report.chains.length === 0) terminal.out('Nothing can fail over: no name has more than one candidate.\n');
    else printReport(report, terminal);
    return report.passed ? 0 : 1;
  },
});

/** Machine-readable output has no steps beside it. */
function quiet(terminal: Terminal): Terminal {
  return { ...terminal, out: () => undefined, interactive: false };
}
