/** Plain servers and calls for tests of Envoy alone; what models and agents say is test/fakes/upstream.ts. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { LATER_PATH } from '../fakes/scripted-sidecar';

/** Certificates; see make.sh there. */
export const TLS_FOLDER = resolve(__dirname, '../fixtures/tls');

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** POSTs over a connection of its own, to a port on 127.0.0.1 or to a Unix socket. */
export async function send(
  place: number | string,
  path: string,
  headers: http.OutgoingHttpHeaders = {},
  body: string | Buffer = '{}',
): Promise<Answer> {
  const target = typeof place === 'number' ? { host: '127.0.0.1', port: place } : { socketPath: place };
  const request = http.request({
    ...target,
    path,
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
  });
  // A refused body breaks the connection while it is still being written; the answer is there all the same.
  const answered = new Promise<http.IncomingMessage>((resolve_, reject) => {
    request.once('response', resolve_);
    request.on('error', reject);
  });
  request.end(body);
  const response = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

export interface ReceivedRequest {
  readonly version: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Answers 200, or what `x-status` says while it is not a later attempt; with `x-hang` nothing. */
export class RecordingUpstream {
  readonly requests: ReceivedRequest[] = [];

  private constructor(private readonly server: http.Server | http2.Http2SecureServer) {}

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  static async plain(host: string): Promise<RecordingUpstream> {
    const server = http.createServer();
    return RecordingUpstream.listen(server, host);
  }

  static async tls(certificate: string): Promise<RecordingUpstream> {
    const [key, cert] = await Promise.all(
      ['key', 'pem'].map((suffix) => readFile(join(TLS_FOLDER, `${certificate}.${suffix}`), 'utf8')),
    );
    const server = http2.createSecureServer({ key: key ?? '', cert: cert ?? '', allowHTTP1: true });
    return RecordingUpstream.listen(server, '127.0.0.1');
  }

  private static async listen(server: http.Server | http2.Http2SecureServer, host: string): Promise<RecordingUpstream> {
    const upstream = new RecordingUpstream(server);
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      void upstream.answer(request, response);
    });
    server.listen(0, host);
    await once(server, 'listening');
    return upstream;
  }

  last(): ReceivedRequest {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('no request arrived');
    return request;
  }

  close(): void {
    this.server.close();
    if ('closeAllConnections' in this.server) this.server.closeAllConnections();
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url: path = '', headers, httpVersion: version } = request;
    this.requests.push({ version, path, headers, body: Buffer.concat(chunks).toString() });
    if (headers['x-hang'] !== undefined) return;
    const status = headers['x-status'] !== undefined && path !== LATER_PATH ? Number(headers['x-status']) : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end('{"from":"upstream"}');
  }
}
