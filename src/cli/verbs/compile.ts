import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { writeDirectory, writeStatic } from '../../compiler';
import type { Wiring } from '../../config/plan';
import { readPort } from '../port-number';
import { chooseConfig, demandPlan, loadChoice } from '../read-config';
import { defineVerb } from './verb';
import { defaultWiring, homeFolder } from '../wiring';

interface CompileOptions {
  readonly out: string;
  readonly static?: true;
  readonly sidecar?: string;
  readonly egress?: string;
  readonly adminPort?: number;
}

const EXAMPLES = `
Examples:
  $ outerloop compile config.yaml --out build             files that Envoy watches
  $ outerloop compile config.yaml --out build --static    one bootstrap file to paste from
  $ outerloop compile config.yaml --out build --sidecar 127.0.0.1:9191
  $ envoy -c build/envoy.yaml                             (beside: outerloop serve build/plan.json)

Without --sidecar, "compile" and "serve" agree on the same default address.`;

export const verb = defineVerb<CompileOptions>({
  id: 'compile',
  group: 'Prepare',
  summary: 'turn a configuration into Envoy files and a Plan for the sidecar',
  declare(command) {
    command
      .argument('[file]', 'configuration file (default: config.yaml, then plano_config.yaml)')
      .requiredOption('--out <dir>', 'folder for envoy.yaml, plan.json and the watched files')
      .option('--static', 'one self-contained envoy.yaml instead of watched files')
      .option('--sidecar <address>', 'where Envoy reaches the sidecar: unix:PATH or HOST:PORT')
      .option('--egress <address>', "Envoy's internal listener for the sidecar's own calls: unix:PATH or HOST:PORT")
      .option('--admin-port <port>', "Envoy's admin port on loopback; 0 picks a free one", readPort, 0)
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given], options }) {
    const wiring = defaultWiring(terminal.env, options.sidecar, options.egress);
    const plan = demandPlan(await loadChoice(await chooseConfig(given, terminal), terminal), terminal);
    const folder = resolve(terminal.folder, options.out);
    const write = options.static === true ? writeStatic : writeDirectory;
    await write(folder, plan, { ...wiring, admin: { ...wiring.admin, port: options.adminPort ?? 0 } });
    await makeDefaultSocketFolder(wiring, homeFolder(terminal.env));
    terminal.out(
      `${terminal.outColors.green('✓')} ${folder} (plan ${plan.hash.slice(0, 12)}, sidecar at ${wiring.sidecar})\n`,
    );
    return 0;
  },
});

/**
 * Envoy rejects a listener for good when the folder of its socket is missing, and it may well be started before `serve`.
 * Places that were named by hand may be on another machine and are left alone, as is a home folder that cannot be written.
 */
async function makeDefaultSocketFolder({ sidecar, egress }: Wiring, home: string): Promise<void> {
  const folder = join(home, 'run');
  if (![sidecar, egress].some((address) => address.startsWith('unix:') && dirname(address.slice(5)) === folder)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
}
