import { isIP } from 'node:net';
import type { EnvoyObject } from './resource';

/** Where two parts of a deployment meet: a Unix socket or a TCP address. */
export type Meeting =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/**
 * Reads a Wiring address.
 *
 * @param address `unix:/absolute/path`, `host:port` or `[ipv6]:port`
 * @throws RangeError when it is neither
 */
export function readMeeting(address: string): Meeting {
  if (address.startsWith('unix:')) return { kind: 'unix', path: address.slice('unix:'.length) };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) {
    throw new RangeError(`"${address}" is not an address: write unix:/absolute/path or host:port.`);
  }
  return { kind: 'tcp', host, port };
}

/** True for IPv4 and IPv6 literals (IPv6 without brackets). */
export function isIpLiteral(host: string): boolean {
  return isIP(host) !== 0;
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * envoy.config.core.v3.Address of a TCP port to listen on. Envoy takes IP literals only, so `localhost` becomes
 * 127.0.0.1; `::` means both families, as it does for other servers.
 */
export function listenAddress(host: string, port: number): EnvoyObject {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  return { socket_address: { address, port_value: port, ipv4_compat: address === '::' ? true : undefined } };
}

/** envoy.config.core.v3.Address of a place that Envoy connects to; names are left to the cluster's DNS. */
export function connectAddress(meeting: Meeting): EnvoyObject {
  if (meeting.kind === 'unix') return { pipe: { path: meeting.path } };
  return { socket_address: { address: meeting.host, port_value: meeting.port } };
}

/** Refuses to open an internal port to the network. */
export function requireLoopback(what: string, host: string): void {
  if (!isLoopback(host)) throw new RangeError(`${what} must stay on loopback, not on "${host}".`);
}
