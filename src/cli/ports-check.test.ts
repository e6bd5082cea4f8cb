import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { blockedPortsFailure, findBlockedPorts, type BlockedPort } from './ports-check';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

async function listen(): Promise<number> {
  const server = createServer();
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const nobody = (): undefined => undefined;

describe('findBlockedPorts', () => {
  it('names every port that is taken, with the process that has it, and leaves free ones out', async () => {
    const [busy, alsoBusy] = [await listen(), await listen()];
    const free = await listen();
    const server = servers.pop();
    server?.close();
    const blocked = await findBlockedPorts([
      { owner: 'a', address: '127.0.0.1', port: busy },
      { owner: 'b', address: '127.0.0.1', port: free },
      { owner: 'c', address: '0.0.0.0', port: alsoBusy },
    ]);
    expect(blocked.map(({ owner, code, culprit }) => [owner, code, culprit?.pid])).toEqual([
      ['a', 'EADDRINUSE', process.pid],
      ['c', 'EADDRINUSE', process.pid],
    ]);
    expect(blocked[0]?.culprit?.command).toContain('node');
  });

  it('tells an address that this machine does not have', async () => {
    const blocked = await findBlockedPorts([{ owner: 'a', address: '203.0.113.7', port: 8080 }]);
    expect(blocked).toMatchObject([{ code: 'EADDRNOTAVAIL' }]);
  });
});

describe('blockedPortsFailure', () => {
  const place: BlockedPort = { owner: 'listener "x"', address: '127.0.0.1', port: 80, code: 'EADDRINUSE' };
  it.each<[string, BlockedPort, string, string]>([
    ['a process', { ...place, culprit: { pid: 42, command: 'nginx -g' } }, 'nginx -g (pid 42)', 'kill 42'],
    ['somebody else', place, 'cannot see', 'lsof -nP -iTCP:80'],
    ['the system', { ...place, code: 'EACCES' }, 'may not listen', 'above 1023'],
    ['a wrong address', { ...place, code: 'EADDRNOTAVAIL' }, 'no such address', 'Correct the address'],
  ])('says what to do about %s', (_case, blocked, reason, fix) => {
    const failure = blockedPortsFailure([blocked], nobody);
    expect(failure.details).toEqual([expect.stringContaining(reason)]);
    expect(failure.fix).toContain(fix);
  });

  it('names the other instance instead of its Envoy', () => {
    const blocked = { ...place, culprit: { pid: 42, command: 'envoy' } };
    const failure = blockedPortsFailure([blocked, blocked], (pid) => (pid === 42 ? '/a/config.yaml' : undefined));
    expect(failure.message).toBe('2 ports are not free.');
    expect(failure.fix).toBe('Stop it with "outerloop down /a/config.yaml".');
  });
});
