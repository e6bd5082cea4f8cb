import { CommandFailure } from './failure';
import { findCulprit, tryToBind } from './ports-check';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 9092;

export interface MetricsAddress {
  /** `host:port`; port 0 picks a free one. */
  readonly address: string;
  /** Why it is not the usual one. */
  readonly note?: string;
}

/**
 * Where metrics are served: METRICS_BIND_ADDRESS (`host:port`) when it is set, else 127.0.0.1:9092, else (when another
 * instance has that) any free loopback port, which is said.
 * @throws CommandFailure when METRICS_BIND_ADDRESS is set but unusable.
 */
export async function chooseMetricsAddress(env: NodeJS.ProcessEnv): Promise<MetricsAddress> {
  const wanted = env.METRICS_BIND_ADDRESS;
  if (wanted === undefined || wanted === '') return defaultAddress();
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(wanted);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new CommandFailure(`METRICS_BIND_ADDRESS is "${wanted}", which is not HOST:PORT.`, {
      fix: `Set it to something like ${DEFAULT_HOST}:${DEFAULT_PORT}, or unset it.`,
    });
  }
  const code = await tryToBind(host, port);
  if (code === undefined) return { address: wanted };
  const culprit = code === 'EADDRINUSE' ? await findCulprit(port) : undefined;
  const holder = culprit === undefined ? code : `in use by ${culprit.command} (pid ${culprit.pid})`;
  throw new CommandFailure(`METRICS_BIND_ADDRESS ${wanted} cannot be had: ${holder}.`, {
    fix: 'Choose another address, or unset it: a free port is then found.',
  });
}

async function defaultAddress(): Promise<MetricsAddress> {
  const usual = `${DEFAULT_HOST}:${DEFAULT_PORT}`;
  if ((await tryToBind(DEFAULT_HOST, DEFAULT_PORT)) === undefined) return { address: usual };
  return { address: `${DEFAULT_HOST}:0`, note: `${usual} is taken, so metrics are on another free port.` };
}
