import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { chooseMetricsAddress } from './metrics-address';

let server: Server | undefined;
afterEach(async () => {
  if (server?.listening !== true) return;
  server.close();
  await once(server, 'close');
});

async function occupy(port: number): Promise<number> {
  server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => undefined);
  return server.listening ? (server.address() as AddressInfo).port : port;
}

describe('chooseMetricsAddress', () => {
  it('takes what METRICS_BIND_ADDRESS says', async () => {
    expect(await chooseMetricsAddress({ METRICS_BIND_ADDRESS: '127.0.0.1:0' })).toEqual({ address: '127.0.0.1:0' });
  });

  it('refuses one that is taken, naming who has it', async () => {
    const port = await occupy(0);
    const choosing = chooseMetricsAddress({ METRICS_BIND_ADDRESS: `127.0.0.1:${port}` });
    await expect(choosing).rejects.toThrow(`(pid ${process.pid})`);
  });

  it.each(['9092', 'localhost', '127.0.0.1:99999', ':9092'])('refuses "%s"', async (text) => {
    await expect(chooseMetricsAddress({ METRICS_BIND_ADDRESS: text })).rejects.toThrow('not HOST:PORT');
  });

  it('moves to a free port, and says so, when the usual one is taken', async () => {
    // Whoever has it, this test or another process of the machine: it is taken.
    await occupy(9092);
    expect(await chooseMetricsAddress({})).toEqual({
      address: '127.0.0.1:0',
      note: expect.stringContaining('127.0.0.1:9092 is taken'),
    });
  });
});
