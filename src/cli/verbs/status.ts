import { chooseInstance } from '../chosen-instance';
import { runningState, type InstanceState, type ListenerState } from '../instance-state';
import { unhealthyListeners } from '../listener-health';
import { isRunning } from '../processes';
import type { Terminal } from '../terminal';
import { defineVerb } from './verb';

interface StatusOptions {
  readonly format: 'text' | 'json';
}

/** What `status --format json` prints; the shape is part of the interface. */
interface Status {
  readonly state: 'running' | 'degraded' | 'stopped';
  readonly planHash: string | null;
  readonly listeners: readonly ListenerState[];
  readonly envoy: { readonly pid: number | null; readonly adminAddress: string | null };
  readonly sidecar: {
    readonly pid: number | null;
    readonly address: string | null;
    readonly metricsAddress: string | null;
  };
}

const EXAMPLES = `
"running": both processes live and every listener answers. "degraded": something is starting, restarting,
stopping or not answering. "stopped": nothing runs.

Examples:
  $ outerloop status
  $ outerloop status config.yaml --format json | jq -r .state`;

export const verb = defineVerb<StatusOptions>({
  id: 'status',
  group: 'Look',
  summary: 'show whether an instance runs and where it listens',
  declare(command) {
    command
      .argument('[file]', 'configuration file of the instance')
      .addOption(command.createOption('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given], options }) {
    const instance = await chooseInstance(given, terminal);
    const recorded = await runningState(instance);
    const unhealthy =
      recorded === undefined ? new Map<string, number | string>() : await unhealthyListeners(recorded.listeners);
    const status = await describe(recorded, unhealthy.size === 0);
    if (options.format === 'json') terminal.out(`${JSON.stringify(status, null, 2)}\n`);
    else printText(instance.configFile, status, unhealthy, terminal);
    return 0;
  },
});

async function describe(recorded: InstanceState | undefined, healthy: boolean): Promise<Status> {
  const { envoy, sidecar } = recorded ?? {};
  const envoyLives = envoy !== undefined && (await isRunning(envoy.process));
  const sidecarLives = sidecar !== undefined && (await isRunning(sidecar.process));
  const running = recorded?.phase === 'running' && healthy && envoyLives && sidecarLives;
  return {
    state: recorded === undefined ? 'stopped' : running ? 'running' : 'degraded',
    planHash: recorded?.planHash || null,
    listeners: recorded?.listeners ?? [],
    envoy: { pid: envoyLives ? envoy.process.pid : null, adminAddress: envoy?.adminAddress ?? null },
    sidecar: {
      pid: sidecarLives ? sidecar.process.pid : null,
      address: sidecar?.address ?? null,
      metricsAddress: sidecar?.metricsAddress ?? null,
    },
  };
}

function printText(
  configFile: string,
  status: Status,
  unhealthy: ReadonlyMap<string, number | string>,
  terminal: Terminal,
): void {
  const { bold, green, yellow, dim } = terminal.outColors;
  const paint = { running: green, degraded: yellow, stopped: dim }[status.state];
  terminal.out(`${bold(configFile)}  ${paint(status.state)}\n`);
  if (status.state === 'stopped') return;
  for (const { name, type, address, port } of status.listeners) {
    const answer = unhealthy.get(name);
    const remark = answer === undefined ? '' : yellow(`  does not answer as ready (${answer})`);
    terminal.out(`  ${name}  ${type} listener  ${address}:${port}${remark}\n`);
  }
  const { envoy, sidecar } = status;
  terminal.out(`  envoy    pid ${envoy.pid ?? '-'}  admin ${envoy.adminAddress ?? '-'}\n`);
  terminal.out(`  sidecar  pid ${sidecar.pid ?? '-'}  metrics ${sidecar.metricsAddress ?? '-'}\n`);
  terminal.out(`  plan     ${status.planHash?.slice(0, 12) ?? '-'}\n`);
}
