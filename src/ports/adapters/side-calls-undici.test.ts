import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../wire/errors';
import type { SideCallRequest, SideCallResponse, SideCalls } from '../side-calls';
import { createSideCalls } from './side-calls-undici';

const FROM_UPSTREAM = { 'x-outerloop-from-upstream': '1' };
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let egress: Server;
let handler: Handler;
let connections: Set<Socket>;
let calls: SideCalls;
const socketPath = (): string => path.join(folder, 'egress.sock');

/** Stands for Envoy's egress listener. */
function makeEgress(): Server {
  const server = createServer((request, response) => handler(request, response));
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  return server;
}

function listen(server: Server, where: string | number): Promise<void> {
  return new Promise((resolve) => {
    if (typeof where === 'number') server.listen(where, '127.0.0.1', resolve);
    else server.listen(where, resolve);
  });
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'outerloop-egress-'));
  connections = new Set();
  handler = (_request, response) => void response.writeHead(200, FROM_UPSTREAM).end('ok');
  egress = makeEgress();
  await listen(egress, socketPath());
  calls = createSideCalls({ egress: `unix:${socketPath()}`, log: quiet });
});
afterEach(async () => {
  await calls.close();
  egress.closeAllConnections();
  await new Promise((resolve) => egress.close(resolve));
  rmSync(folder, { recursive: true });
});

function call(overrides: Partial<SideCallRequest> = {}): Promise<SideCallResponse> {
  return calls.call({
    upstream: 'agent:flights',
    method: 'POST',
    path: '/v1/chat/completions',
    headers: {},
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    maxResponseBytes: 1_000_000,
    ...overrides,
  });
}

async function failure(promise: Promise<unknown>): Promise<GatewayError> {
  const reason: unknown = await promise.then(
    () => new Error('did not fail'),
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(GatewayError);
  return reason as GatewayError;
}

describe('what is sent', () => {
  it('is the request with the upstream, the timeout and the right length', async () => {
    const received = new Promise<{ request: IncomingMessage; body: string }>((resolve) => {
      handler = (request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        request.on('end', () => {
          response.writeHead(200, FROM_UPSTREAM).end();
          resolve({ request, body });
        });
      };
    });
    await call({
      headers: {
        'content-type': 'application/json',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'x-outerloop-upstream': 'agent:other',
        'content-length': '999',
        'transfer-encoding': 'chunked',
        connection: 'close',
        host: 'client.example',
        expect: '100-continue',
      },
      body: Buffer.from('{"köln":1}'),
      timeoutMs: 1234.5,
    });
    const { request, body } = await received;
    expect(body).toBe('{"köln":1}');
    expect(`${request.method ?? ''} ${request.url ?? ''}`).toBe('POST /v1/chat/completions');
    expect(request.headers).toEqual({
      host: 'egress',
      connection: 'keep-alive',
      'content-type': 'application/json',
      'content-length': '11',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-outerloop-upstream': 'agent:flights',
      'x-envoy-upstream-rq-timeout-ms': '1235',
    });
  });

  it('keeps the bytes of header values that are not ASCII', async () => {
    const received = new Promise<string>((resolve) => {
      handler = (request, response) => {
        response.writeHead(200, FROM_UPSTREAM).end();
        resolve(Buffer.from(String(request.headers['x-city']), 'latin1').toString('utf8'));
      };
    });
    await call({ headers: { 'x-city': 'Köln 東京' } });
    expect(await received).toBe('Köln 東京');
  });

  it('is refused here when it cannot be sent at all', async () => {
    expect((await failure(call({ headers: { 'x-bad': 'a\r\nb: c' } }))).code).toBe('internal');
  });

  it('goes over kept connections', async () => {
    let seen = 0;
    egress.on('connection', () => (seen += 1));
    for (let index = 0; index < 20; index += 1) await call();
    // The pool may open a second one while the first is being cleaned up after its first answer.
    expect(seen).toBeLessThanOrEqual(2);
  });

  it('reaches host:port addresses too', async () => {
    const other = makeEgress();
    await listen(other, 0);
    const overTcp = createSideCalls({
      egress: `127.0.0.1:${String((other.address() as AddressInfo).port)}`,
      log: quiet,
    });
    const answer = await overTcp.call({
      upstream: 'endpoint:api',
      method: 'GET',
      path: '/',
      headers: {},
      timeoutMs: 1_000,
      signal: new AbortController().signal,
      maxResponseBytes: 10,
    });
    expect(answer.body.toString()).toBe('ok');
    await overTcp.close();
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });

  it('uses no more connections than allowed, and later calls get their turn', async () => {
    await calls.close();
    calls = createSideCalls({ egress: `unix:${socketPath()}`, log: quiet, connections: 3 });
    let most = 0;
    handler = (_request, response) => {
      most = Math.max(most, connections.size);
      setTimeout(() => response.writeHead(200, FROM_UPSTREAM).end('ok'), 5);
    };
    const answers = await Promise.all(Array.from({ length: 30 }, () => call()));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(3);
  });
});

describe('what comes back', () => {
  it('is status, joined headers and bytes, without what belongs to the connection', async () => {
    handler = (_request, response) => {
      response.writeHead(418, { ...FROM_UPSTREAM, 'x-many': ['a', 'b'], 'content-type': 'text/plain' });
      response.end(Buffer.from([0xff, 0x00, 0xfe]));
    };
    const answer = await call();
    expect(answer).toEqual({
      status: 418,
      headers: { 'x-many': 'a, b', 'content-type': 'text/plain', date: expect.any(String) },
      body: Buffer.from([0xff, 0x00, 0xfe]),
      local: false,
    });
  });

  it('is decompressed', async () => {
    handler = (_request, response) =>
      void response.writeHead(200, { ...FROM_UPSTREAM, 'content-encoding': 'gzip' }).end(gzipSync('Grüße'));
    const answer = await call();
    expect(answer.body.toString()).toBe('Grüße');
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers).not.toHaveProperty('content-length');
  });

  const zeros = Buffer.alloc(2_000_000);
  const cases: readonly (readonly [string, Record<string, string>, Buffer, RegExp])[] = [
    ['too long', {}, Buffer.alloc(1_000_001), /is larger than 1000000 bytes\./],
    ['a bomb', { 'content-encoding': 'gzip' }, gzipSync(zeros), /larger than 1000000 bytes once decompressed/],
    ['broken', { 'content-encoding': 'gzip' }, Buffer.from('plain'), /is not valid gzip data/],
  ];
  it.each(cases)('is refused when it is %s', async (_name, headers, body, message) => {
    handler = (_request, response) => void response.writeHead(200, { ...FROM_UPSTREAM, ...headers }).end(body);
    const error = await failure(call());
    expect(error.code).toBe('upstream_malformed');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('agent:flights');
  });

  it('is not read further than its limit', async () => {
    const closed = new Promise<void>((resolve) => {
      handler = (_request, response) => {
        response.writeHead(200, FROM_UPSTREAM);
        const timer = setInterval(() => response.write(Buffer.alloc(100_000)), 1);
        response.on('close', () => {
          clearInterval(timer);
          resolve();
        });
      };
    });
    expect((await failure(call())).code).toBe('upstream_malformed');
    await closed;
  });
});

describe("Envoy's own answers", () => {
  it.each([
    [502, 'upstream_malformed'],
    [503, 'upstream_unreachable'],
    [504, 'upstream_timeout'],
  ])('%i becomes %s, with the reason kept for the log', async (status, code) => {
    handler = (_request, response) => void response.writeHead(status).end('upstream connect error: refused');
    const error = await failure(call());
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('connect error');
    expect(String(error.cause)).toContain('upstream connect error: refused');
  });

  it('others are handed on, marked', async () => {
    handler = (_request, response) => void response.writeHead(404).end('no route');
    expect(await call()).toMatchObject({ status: 404, local: true });
  });

  it('are not mixed up with the same status from an upstream', async () => {
    handler = (_request, response) => void response.writeHead(503, FROM_UPSTREAM).end('busy');
    const answer = await call();
    expect({ status: answer.status, local: answer.local, body: answer.body.toString() }).toEqual({
      status: 503,
      local: false,
      body: 'busy',
    });
  });
});

describe('calls that do not end well', () => {
  it.each([
    ['before the headers', (): void => undefined],
    ['in the body', (response: ServerResponse): void => void response.writeHead(200, FROM_UPSTREAM).write('half')],
  ])('time out %s and close the connection', async (_name, begin) => {
    handler = (_request, response) => begin(response);
    const started = performance.now();
    const error = await failure(call({ timeoutMs: 100 }));
    expect(error.code).toBe('upstream_timeout');
    expect(error.message).toContain('100 ms');
    expect(performance.now() - started).toBeLessThan(1_000);
    await closedConnections();
  });

  it('end with an AbortError when the caller gives up, before or during the call', async () => {
    const canceller = new AbortController();
    const arrived = new Promise<void>((resolve) => {
      handler = () => resolve();
    });
    const running = call({ signal: canceller.signal });
    await arrived;
    canceller.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await closedConnections();
    await expect(call({ signal: canceller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(call({ signal: AbortSignal.abort(new Error('client gone')) })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it.each([
    ['before the headers', (response: ServerResponse): void => void response.destroy(), 'upstream_unreachable'],
    [
      'in the body',
      (response: ServerResponse): void => {
        response.writeHead(200, { ...FROM_UPSTREAM, 'content-length': 100 }).write('half');
        setTimeout(() => response.destroy(), 20);
      },
      'upstream_unreachable',
    ],
    [
      'with no HTTP',
      (response: ServerResponse): void => void response.socket?.end('garbage\r\n\r\n'),
      'upstream_malformed',
    ],
  ])('are told when the connection ends %s', async (_name, answer, code) => {
    let attempts = 0;
    handler = (_request, response) => {
      attempts += 1;
      answer(response);
    };
    expect((await failure(call({ body: Buffer.from('{}') }))).code).toBe(code);
    // The request may have been acted upon: it must not be sent twice.
    expect(attempts).toBe(1);
  });

  async function closedConnections(): Promise<void> {
    for (let wait = 0; wait < 100 && connections.size > 0; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(connections.size).toBe(0);
  }
});

describe('while Envoy is not there', () => {
  it('calls wait for it to come up', async () => {
    egress.closeAllConnections();
    await new Promise((resolve) => egress.close(resolve));
    const running = call({ body: Buffer.from('once') });
    await new Promise((resolve) => setTimeout(resolve, 100));
    egress = makeEgress();
    await listen(egress, socketPath());
    expect((await running).status).toBe(200);
  });

  it('calls fail as unreachable when it does not, within their own timeout', async () => {
    const absent = createSideCalls({ egress: `unix:${path.join(folder, 'nobody.sock')}`, log: quiet });
    const request: SideCallRequest = {
      upstream: 'agent:flights',
      method: 'GET',
      path: '/',
      headers: {},
      timeoutMs: 5_000,
      signal: new AbortController().signal,
      maxResponseBytes: 10,
    };
    const started = performance.now();
    expect((await failure(absent.call(request))).code).toBe('upstream_unreachable');
    expect(performance.now() - started).toBeLessThan(2_000);
    expect((await failure(absent.call({ ...request, timeoutMs: 60 }))).code).toBe('upstream_timeout');
    await absent.close();
  });
});
