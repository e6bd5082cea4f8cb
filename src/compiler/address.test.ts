import { describe, expect, it } from '@jest/globals';
import { isLoopback, listenAddress, readMeeting } from './address';

describe('readMeeting', () => {
  it.each([
    ['unix:/run/sidecar.sock', { kind: 'unix', path: '/run/sidecar.sock' }],
    ['127.0.0.1:9191', { kind: 'tcp', host: '127.0.0.1', port: 9191 }],
    ['[::1]:9191', { kind: 'tcp', host: '::1', port: 9191 }],
    ['sidecar.svc:9191', { kind: 'tcp', host: 'sidecar.svc', port: 9191 }],
  ])('reads %s', (address, expected) => {
    expect(readMeeting(address)).toEqual(expected);
  });

  it.each(['', 'sidecar', ':9191', '127.0.0.1:', '127.0.0.1:65536', '::1:9191'])('refuses "%s"', (address) => {
    expect(() => readMeeting(address)).toThrow(RangeError);
  });
});

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1'])('holds for %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'example.com'])('does not hold for %s', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('listenAddress', () => {
  it('opens both families for ::', () => {
    expect(listenAddress('::', 80)).toEqual({ socket_address: { address: '::', port_value: 80, ipv4_compat: true } });
  });

  it('gives Envoy an address for localhost', () => {
    expect(listenAddress('localhost', 80)).toEqual({ socket_address: { address: '127.0.0.1', port_value: 80 } });
  });
});
