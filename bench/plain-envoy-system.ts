/** The floor: the same Envoy binary with the same number of worker threads, a router filter and nothing else. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port';
import { waitForHttp, type System } from './system';

const HTTP_CONNECTION_MANAGER =
  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

export interface PlainEnvoyOptions {
  readonly binary: string;
  readonly concurrency: number;
  readonly upstreamPort: number;
  readonly folder: string;
}

export async function startPlainEnvoy(options: PlainEnvoyOptions): Promise<System> {
  const port = await freePort();
  const adminPort = await freePort();
  const file = join(options.folder, 'plain-envoy.json');
  writeFileSync(file, JSON.stringify(bootstrap(port, adminPort, options.upstreamPort)));
  const args = [
    '-c',
    file,
    '--concurrency',
    String(options.concurrency),
    '--disable-hot-restart',
    '--log-level',
    'error',
  ];
  const child = spawn(options.binary, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const admin = `http://127.0.0.1:${adminPort}`;
  await Promise.race([
    waitForHttp(`${admin}/ready`, 15_000),
    ended.then(() => Promise.reject(new Error('plain Envoy did not start; its messages are above'))),
  ]);
  return {
    name: 'plain Envoy',
    origin: `http://127.0.0.1:${port}`,
    processes: [{ name: 'envoy', pid: child.pid ?? 0 }],
    admin,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

function bootstrap(port: number, adminPort: number, upstreamPort: number): object {
  const socketAddress = (portValue: number): object => ({
    socket_address: { address: '127.0.0.1', port_value: portValue },
  });
  const route = { match: { prefix: '/' }, route: { cluster: 'mock', timeout: '300s' } };
  const connectionManager = {
    '@type': HTTP_CONNECTION_MANAGER,
    stat_prefix: 'main',
    route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route] }] },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
      },
    ],
  };
  const filter = { name: 'envoy.filters.network.http_connection_manager', typed_config: connectionManager };
  const endpoint = { endpoint: { address: socketAddress(upstreamPort) } };
  return {
    admin: { address: socketAddress(adminPort) },
    static_resources: {
      listeners: [{ name: 'main', address: socketAddress(port), filter_chains: [{ filters: [filter] }] }],
      clusters: [
        {
          name: 'mock',
          type: 'STATIC',
          connect_timeout: '1s',
          load_assignment: { cluster_name: 'mock', endpoints: [{ lb_endpoints: [endpoint] }] },
        },
      ],
    },
  };
}
