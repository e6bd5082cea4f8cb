import { resolve } from 'node:path';
import { createLog } from '../../ports/adapters/log-pino';
import { listenForInterruption, aborted } from '../interruption';
import { chooseMetricsAddress } from '../metrics-address';
import { blockedPortsFailure, findBlockedPorts } from '../ports-check';
import { readSidecarConfig } from '../read-config';
import type { SidecarListening } from '../sidecar-process';
import { makeRoomForSocket } from '../socket-path';
import { defaultWiring } from '../wiring';
import { defineVerb } from './verb';

interface ServeOptions {
  readonly listen?: string;
  readonly egress?: string;
}

const GRACE_MS = 5_000;

const EXAMPLES = `
Runs the sidecar alone, for an Envoy that is started elsewhere (see "outerloop compile"). A plan.json takes the
variables it names from the environment; a configuration file also from .env beside it.

Examples:
  $ outerloop serve config.yaml
  $ outerloop serve build/plan.json --listen unix:/run/outerloop/sidecar.sock
  $ outerloop serve build/plan.json --listen 0.0.0.0:9191      (compile with --sidecar HOST:9191)

Metrics, status and liveness: METRICS_BIND_ADDRESS, default 127.0.0.1:9092.`;

export const verb = defineVerb<ServeOptions>({
  id: 'serve',
  group: 'Run',
  summary: 'run the sidecar only',
  declare(command) {
    command
      .argument('<file>', 'configuration file or plan.json')
      .option('--listen <address>', 'where Envoy calls the sidecar: unix:PATH or HOST:PORT')
      .option('--egress <address>', "Envoy's internal listener for the sidecar's own calls: unix:PATH or HOST:PORT")
      .addHelpText('after', EXAMPLES);
  },
  async run({ terminal, arguments: [given = ''], options }) {
    const interruption = listenForInterruption();
    const wiring = defaultWiring(terminal.env, options.listen, options.egress);
    const { plan, secrets } = await readSidecarConfig(resolve(terminal.folder, given), given, terminal);
    await makeRoomForSocket(wiring.sidecar);
    await demandFreePort(wiring.sidecar);
    const metrics = await chooseMetricsAddress(terminal.env);
    const log = createLog({ level: terminal.env.LOG_LEVEL ?? 'info', pretty: process.stderr.isTTY === true });
    // Loaded late, with all its libraries: the other verbs start without them.
    const { startSidecar } = await import('../sidecar.js');
    const sidecar = await startSidecar({ plan, wiring, secrets, log, metricsAddress: metrics.address });
    const { address, metricsAddress } = sidecar;
    if (metrics.note !== undefined) log.warn({}, metrics.note);
    log.info({ address, metricsAddress, planHash: plan.hash }, 'listening');
    const note = metrics.note === undefined ? {} : { note: metrics.note };
    process.send?.({ kind: 'listening', address, metricsAddress, ...note } satisfies SidecarListening);
    try {
      // A model that cannot be loaded ends the process; else it runs until it is told to end.
      await Promise.race([sidecar.ready().then(() => aborted(interruption.asked)), aborted(interruption.asked)]);
      log.info({}, 'stopping');
      return 0;
    } finally {
      await sidecar.stop(interruption.hurried.aborted ? 0 : GRACE_MS);
    }
  },
});

/** Names who holds the port; the gRPC library would only say that it is taken. Does nothing for a socket or a host name. */
async function demandFreePort(sidecar: string): Promise<void> {
  const tcp = /^\[?([\d.]+|[0-9a-f:.]+)\]?:(\d+)$/i.exec(sidecar);
  if (tcp?.[1] === undefined) return;
  const wanted = { owner: 'the sidecar (--listen)', address: tcp[1], port: Number(tcp[2]) };
  const blocked = await findBlockedPorts([wanted]);
  if (blocked.length > 0) throw blockedPortsFailure(blocked, () => undefined);
}
