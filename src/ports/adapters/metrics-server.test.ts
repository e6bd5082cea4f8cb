import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startMetricsServer, type MetricsServer } from './metrics-server';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function ask(address: string, path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(`http://${address}${path}`, { method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    call.on('error', reject);
    call.end();
  });
}

describe('metrics server', () => {
  let server: MetricsServer;
  let failing = false;
  beforeEach(async () => {
    failing = false;
    server = await startMetricsServer({
      address: '127.0.0.1:0',
      metrics: {
        render: () =>
          failing
            ? Promise.reject(new Error('no'))
            : Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'a 1\n' }),
      },
      status: () => ({ planHash: 'abc', ready: true }),
    });
  });
  afterEach(() => server.close());

  it.each([
    ['GET', '/metrics', 200, 'text/plain; version=0.0.4', 'a 1\n'],
    ['GET', '/metrics?name=a', 200, 'text/plain; version=0.0.4', 'a 1\n'],
    ['GET', '/status', 200, 'application/json; charset=utf-8', '{"planHash":"abc","ready":true}\n'],
    ['GET', '/healthz', 200, 'text/plain; charset=utf-8', 'ok\n'],
    ['GET', '/', 404, 'text/plain; charset=utf-8', 'not found; try /metrics, /status or /healthz\n'],
    ['GET', '/metrics/', 404, 'text/plain; charset=utf-8', 'not found; try /metrics, /status or /healthz\n'],
    ['POST', '/metrics', 405, 'text/plain; charset=utf-8', 'use GET\n'],
  ])('%s %s -> %i', async (method, path, status, contentType, text) => {
    const answer = await ask(server.address, path, method);
    expect({ status: answer.status, type: answer.headers['content-type'], text: answer.text }).toEqual({
      status,
      type: contentType,
      text,
    });
  });

  it('answers HEAD with the length and no body', async () => {
    const answer = await ask(server.address, '/metrics', 'HEAD');
    expect({ status: answer.status, length: answer.headers['content-length'], text: answer.text }).toEqual({
      status: 200,
      length: '4',
      text: '',
    });
  });

  it('answers 500 and lives on when a page cannot be made', async () => {
    failing = true;
    expect((await ask(server.address, '/metrics')).status).toBe(500);
    expect((await ask(server.address, '/healthz')).status).toBe(200);
  });

  it('says which code stopped it from listening', async () => {
    const again = startMetricsServer({
      address: server.address,
      metrics: { render: () => Promise.resolve({ contentType: '', text: '' }) },
      status: () => null,
    });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each(['9092', 'localhost', ':9092', '127.0.0.1:99999'])('refuses the address %s', async (address) => {
    const started = startMetricsServer({
      address,
      metrics: { render: () => Promise.resolve({ contentType: '', text: '' }) },
      status: () => null,
    });
    await expect(started).rejects.toThrow(/host:port/);
  });
});
