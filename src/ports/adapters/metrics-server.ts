/** The sidecar's own small HTTP server for people and probes on this machine: metrics, status, liveness. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';
/** A scraper that does not read or send must not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface MetricsServerOptions {
  /** `host:port`, IPv6 hosts in brackets; port 0 picks a free one. */
  readonly address: string;
  readonly metrics: Pick<Metrics, 'render'>;
  /** Anything JSON can hold: Plan hash, readiness. Called for each request of /status. */
  readonly status: () => unknown;
}

export interface MetricsServer {
  /** `host:port` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * Serves GET and HEAD of `/metrics` (Prometheus text), `/status` (JSON) and `/healthz` (200 while the process answers); anything
 * else is 404, other methods 405. Rejects with Node's error (code `EADDRINUSE`, `EACCES`, …) when the address cannot be bound.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port } = parseAddress(options.address);
  const server = createServer((request, response) => {
    void respond(options, request, response);
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await listen(server, host, port);
  const bound = server.address() as AddressInfo;
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${String(bound.port)}`,
    close: () => close(server),
  };
}

async function respond(
  options: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const page = await findPage(options, request).catch((): Page => {
    return { status: 500, contentType: TEXT_TYPE, text: 'this page cannot be made at the moment\n' };
  });
  const body = Buffer.from(page.text);
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(page.status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function findPage(options: MetricsServerOptions, request: IncomingMessage): Promise<Page> {
  const path = (request.url ?? '/').split('?', 1)[0];
  if (path !== '/metrics' && path !== '/status' && path !== '/healthz') {
    return { status: 404, contentType: TEXT_TYPE, text: 'not found; try /metrics, /status or /healthz\n' };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, contentType: TEXT_TYPE, text: 'use GET\n' };
  }
  if (path === '/healthz') return { status: 200, contentType: TEXT_TYPE, text: 'ok\n' };
  if (path === '/status') {
    return { status: 200, contentType: JSON_TYPE, text: `${JSON.stringify(options.status())}\n` };
  }
  return { status: 200, ...(await options.metrics.render()) };
}

function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || host === '' || !(port <= 65_535)) {
    throw new Error(`the metrics address must be host:port, not ${JSON.stringify(address)}`);
  }
  return { host, port };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
