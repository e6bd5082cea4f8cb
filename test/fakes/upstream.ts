/**
 * A fake model vendor (or agent) for tests: answers the OpenAI and Anthropic APIs, misbehaves on demand, and remembers every
 * request. What it says is in upstream-answers.ts, how it is steered in upstream-script.ts.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { renderParallelCalls } from './tool-answers';
import { renderAnswer, renderError, type AnswerFacts, type FakeDialect } from './upstream-answers';
import { readHeaders, readModelSuffix, type FakeScript } from './upstream-script';

export interface RecordedRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
  /** True as soon as the connection ended before the answer was complete, whoever ended it. */
  readonly aborted: boolean;
}

export interface FakeUpstreamOptions {
  /** First words of every default answer; default `upstream`. */
  readonly name?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly models?: readonly string[];
  readonly script?: FakeScript;
  /** PEM texts: serves HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface FakeUpstream {
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
  /** Complete requests in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Connections accepted so far. */
  connectionCount(): number;
  /** Queues the script of the next request; several calls queue several. */
  next(script: FakeScript): void;
  /** Resolves when at least `count` requests have arrived. */
  waitForRequests(count: number, timeoutMs?: number): Promise<void>;
  /** Breaks open connections. */
  close(): Promise<void>;
}

type MutableRequest = { -readonly [Name in keyof RecordedRequest]: RecordedRequest[Name] };

/** Listens on 127.0.0.1. */
export async function startFakeUpstream(options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const requests: MutableRequest[] = [];
  const queue: FakeScript[] = [];
  let connections = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    // Callers that leave in the middle are part of the tests.
    response.on('error', () => undefined);
    void record(request).then(async (recorded) => {
      if (recorded === undefined) return;
      response.on('close', () => (recorded.aborted = !response.writableFinished));
      requests.push(recorded);
      const steered = { ...readModelSuffix(modelOf(recorded)), ...readHeaders(recorded.headers), ...queue.shift() };
      await respond(recorded, response, { ...options.script, ...steered }, options).catch(() => response.destroy());
    });
  };
  const server: Server = options.tls === undefined ? createServer(onRequest) : createTlsServer(options.tls, onRequest);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    socket.on('error', () => undefined);
  });
  // Envoy keeps connections longer than Node's default of five seconds; a test must not meet that race.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`,
    requests,
    connectionCount: () => connections,
    next: (script) => void queue.push(script),
    waitForRequests: (count, timeoutMs = 5_000) => waitFor(() => requests.length >= count, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads the whole request; undefined when the caller left first. */
async function record(request: IncomingMessage): Promise<MutableRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return undefined;
  }
  const body = Buffer.concat(chunks);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    json: parseJson(body),
    aborted: false,
  };
}

async function respond(
  request: RecordedRequest,
  response: ServerResponse,
  script: FakeScript,
  options: FakeUpstreamOptions,
): Promise<void> {
  if (script.delayMs !== undefined) await sleep(script.delayMs);
  const { socket } = response;
  switch (script.mode) {
    case 'hang':
      return;
    case 'refuse':
      socket?.destroy();
      return;
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'garbage':
      socket?.end('\u0000\u0001this is not HTTP\r\n\r\n');
      return;
    default:
      await writeAnswer(response, script, findAnswer(request, script, options));
  }
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly pieces: readonly Buffer[];
}

function findAnswer(request: RecordedRequest, script: FakeScript, options: FakeUpstreamOptions): Answer {
  const json = (status: number, body: Buffer): Answer => ({ status, contentType: 'application/json', pieces: [body] });
  const facts = readFacts(request);
  const status = script.status ?? 200;
  if (script.mode === 'empty') return { status, contentType: 'application/json', pieces: [] };
  if (script.mode === 'not-json') return json(status, Buffer.from('<html><body>Bad gateway</body></html>'));
  if (script.body !== undefined) return json(status, Buffer.from(script.body));
  if (status >= 400)
    return json(status, renderError(facts?.dialect ?? 'openai.chat', status, `fake error ${String(status)}`));
  if (request.method === 'GET' && pathOf(request).endsWith('/models'))
    return json(status, modelList(options.models ?? []));
  if (facts === undefined) return json(404, renderError('openai.chat', 404, `fake upstream has no ${request.path}`));
  const contentType = facts.stream ? 'text/event-stream' : 'application/json';
  if (script.mode === 'tools')
    return { status, contentType, pieces: renderParallelCalls(facts.dialect, facts.model, facts.stream) };
  const pieces = renderAnswer(facts, {
    ...script,
    intro: `${options.name ?? 'upstream'} (${facts.model}):`,
    callTool: script.mode === 'tool',
  });
  return { status, contentType, pieces };
}

async function writeAnswer(response: ServerResponse, script: FakeScript, answer: Answer): Promise<void> {
  const pieces = script.mode === 'gzip' ? [gzipSync(Buffer.concat(answer.pieces))] : answer.pieces;
  const streamed = answer.contentType === 'text/event-stream';
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    ...(streamed ? { 'cache-control': 'no-cache' } : { 'content-length': String(length) }),
    ...(script.mode === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    ...(script.retryAfter === undefined ? {} : { 'retry-after': String(script.retryAfter) }),
    ...script.headers,
  });
  response.flushHeaders();
  if (script.mode === 'hang-after-headers') {
    if (streamed) response.write(pieces[0] ?? '');
    return;
  }
  await writePieces(response, script, script.mode === 'cut' ? firstHalf(pieces, length) : pieces);
  if (script.mode === 'cut') {
    // Let what was written leave first: the caller must see half an answer, not none.
    await sleep(20);
    response.destroy();
  } else response.end();
}

async function writePieces(response: ServerResponse, script: FakeScript, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of script.chunkBytes === undefined ? pieces : recut(pieces, script.chunkBytes)) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
    if (script.eventDelayMs !== undefined) await sleep(script.eventDelayMs);
    else if (script.chunkBytes !== undefined) await sleep(0);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

function firstHalf(pieces: readonly Buffer[], length: number): Buffer[] {
  return [Buffer.concat(pieces).subarray(0, Math.ceil(length / 2))];
}

function recut(pieces: readonly Buffer[], size: number): Buffer[] {
  const whole = Buffer.concat(pieces);
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
    whole.subarray(index * size, (index + 1) * size),
  );
}

function modelList(models: readonly string[]): Buffer {
  const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'fake' }));
  return Buffer.from(JSON.stringify({ object: 'list', data }));
}

function readFacts(request: RecordedRequest): AnswerFacts | undefined {
  const dialect = dialectOf(pathOf(request));
  if (dialect === undefined || request.method !== 'POST') return undefined;
  const body = asRecord(request.json);
  const [tool] = Array.isArray(body['tools']) ? (body['tools'] as unknown[]) : [];
  const toolName = asRecord(tool)['name'] ?? asRecord(asRecord(tool)['function'])['name'];
  return {
    dialect,
    model: modelOf(request),
    stream: body['stream'] === true,
    includeUsage: asRecord(body['stream_options'])['include_usage'] === true,
    ...(typeof toolName === 'string' ? { toolName } : {}),
  };
}

function dialectOf(path: string): FakeDialect | undefined {
  if (path.endsWith('/chat/completions')) return 'openai.chat';
  if (path.endsWith('/messages')) return 'anthropic.messages';
  return path.endsWith('/responses') ? 'openai.responses' : undefined;
}

function modelOf(request: RecordedRequest): string {
  const { model } = asRecord(request.json);
  return typeof model === 'string' ? model : '';
}

function pathOf(request: RecordedRequest): string {
  return request.path.split('?', 1)[0] ?? '';
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function waitFor(holds: () => boolean, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${String(timeoutMs)} ms`);
    await sleep(5);
  }
}
