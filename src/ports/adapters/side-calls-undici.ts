/** The sidecar's own HTTP calls. All of them go to Envoy's egress listener; TLS, retries and pools towards upstreams are Envoy's. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { errors, Pool, type Dispatcher } from 'undici';
import { EGRESS_UPSTREAM_HEADER, FROM_UPSTREAM_HEADER } from '../../config/names';
import { GatewayError } from '../../wire/errors';
import type { Log } from '../log';
import type { SideCallRequest, SideCallResponse, SideCalls } from '../side-calls';
import { decodeBody } from './content-decoding';

/** Envoy's per-request timeout, in milliseconds; see the router filter's documentation. */
const ENVOY_TIMEOUT_HEADER = 'x-envoy-upstream-rq-timeout-ms';
/** An agent call holds its connection while the agent thinks, so this is also the number of calls in flight. */
const MAX_CONNECTIONS = 256;
const KEEP_ALIVE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Envoy restarts within this time; each delay is followed by one more try to connect. */
const CONNECT_RETRY_DELAYS_MS = [25, 50, 100, 200, 400] as const;
/** Nobody listens on the socket (or it is not there yet): nothing was sent, so trying again is safe for every method. */
const NOT_LISTENING: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT']);
/** Headers of one connection or set by this file; callers pass headers of other requests on, so they are dropped, not refused. */
const DROPPED_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** Describe the bytes on the wire, not the decoded body that is handed on. */
const WIRE_RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);
const MAX_LOGGED_REASON_CHARACTERS = 200;

export interface SideCallOptions {
  /** `unix:/absolute/path` or `host:port` of Envoy's egress listener. */
  readonly egress: string;
  readonly log: Log;
  /** Connections kept at most; further calls wait within their own timeout. */
  readonly connections?: number;
}

/** Opens no connection before the first call. */
export function createSideCalls(options: SideCallOptions): SideCalls {
  const unixPath = options.egress.startsWith('unix:') ? options.egress.slice('unix:'.length) : undefined;
  // Envoy rewrites the host for each upstream, so the name only has to be a valid one.
  const pool = new Pool(unixPath === undefined ? `http://${options.egress}` : 'http://egress', {
    connections: options.connections ?? MAX_CONNECTIONS,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // One deadline per call (below) covers connecting, headers and body.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(unixPath === undefined ? {} : { socketPath: unixPath }) },
  });
  return {
    call: (request) => callWithDeadline(pool, request, options.log),
    close: () => pool.destroy(),
  };
}

async function callWithDeadline(pool: Pool, request: SideCallRequest, log: Log): Promise<SideCallResponse> {
  if (request.signal.aborted) throw abortError(request.signal);
  const canceller = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    canceller.abort();
  }, request.timeoutMs);
  const onAbort = (): void => canceller.abort();
  request.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await exchange(pool, request, canceller.signal);
  } catch (reason) {
    if (request.signal.aborted) throw abortError(request.signal);
    const error = timedOut ? timeoutError(request) : connectionError(request, reason);
    log.debug({ upstream: request.upstream, path: request.path, err: error }, 'side call failed');
    throw error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', onAbort);
  }
}

async function exchange(pool: Pool, request: SideCallRequest, signal: AbortSignal): Promise<SideCallResponse> {
  const answer = await sendOnceConnected(pool, request, signal);
  const received = joinHeaders(answer.headers);
  const local = received[FROM_UPSTREAM_HEADER] === undefined;
  const raw = await readBody(answer, request);
  if (local) refuseLocalReply(request, answer.statusCode, raw);
  const body = await decodeBody(raw, received['content-encoding'], request.maxResponseBytes).catch((cause: unknown) => {
    throw malformed(request, cause instanceof Error ? cause.message : 'cannot be decoded', cause);
  });
  const shown = Object.entries(received).filter(
    ([name]) => name !== FROM_UPSTREAM_HEADER && !WIRE_RESPONSE_HEADERS.has(name),
  );
  return { status: answer.statusCode, headers: Object.fromEntries(shown), body, local };
}

/** Sends the request; waits a little when nobody listens, and nothing else is ever tried again. */
async function sendOnceConnected(
  pool: Pool,
  request: SideCallRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const send = (): Promise<Dispatcher.ResponseData> =>
    pool.request({
      method: request.method,
      path: request.path,
      headers: requestHeaders(request),
      body: request.body ?? null,
      signal,
    });
  for (const delayMs of CONNECT_RETRY_DELAYS_MS) {
    try {
      return await send();
    } catch (reason) {
      if (!NOT_LISTENING.has(codeOf(reason))) throw reason;
    }
    await sleep(delayMs, undefined, { signal });
  }
  return send();
}

function requestHeaders(request: SideCallRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!DROPPED_HEADERS.has(name)) headers[name] = onTheWire(value);
  }
  headers[EGRESS_UPSTREAM_HEADER] = request.upstream;
  headers[ENVOY_TIMEOUT_HEADER] = String(Math.max(1, Math.ceil(request.timeoutMs)));
  return headers;
}

/** HTTP/1.1 writes one byte per character; text beyond Latin-1 goes out as its UTF-8 bytes, as it came in. */
function onTheWire(value: string): string {
  return /[\u0100-\uffff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}

async function readBody(answer: Dispatcher.ResponseData, request: SideCallRequest): Promise<Buffer> {
  const tooLarge = (): GatewayError => malformed(request, `is larger than ${String(request.maxResponseBytes)} bytes`);
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early destroys the body, which closes the connection instead of reading the rest.
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > request.maxResponseBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}

/**
 * Envoy says 503 when there is no connection or it broke, 504 when time was up, 502 when the upstream did not speak HTTP. Its other
 * replies (400, 413, …) are about the request and are handed on.
 */
function refuseLocalReply(request: SideCallRequest, status: number, body: Buffer): void {
  const reason = new Error(`envoy: ${body.toString('utf8').slice(0, MAX_LOGGED_REASON_CHARACTERS)}`);
  if (status === 502) throw malformed(request, 'is not HTTP', reason);
  if (status === 503) throw unreachable(request, reason);
  if (status === 504) throw timeoutError(request, reason);
}

function connectionError(request: SideCallRequest, reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  if (reason instanceof errors.InvalidArgumentError) return GatewayError.from(reason);
  if (reason instanceof errors.HTTPParserError) return malformed(request, 'is not HTTP', reason);
  return unreachable(request, reason);
}

function unreachable(request: SideCallRequest, cause: unknown): GatewayError {
  const message = `The upstream could not be reached, or closed the connection before its answer was complete.`;
  return new GatewayError('upstream_unreachable', message, { cause });
}

function timeoutError(request: SideCallRequest, cause?: unknown): GatewayError {
  const message = `${request.upstream} did not answer within ${String(request.timeoutMs)} ms.`;
  return new GatewayError('upstream_timeout', message, { cause });
}

function malformed(request: SideCallRequest, what: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream_malformed', `The answer of ${request.upstream} ${what}.`, { cause });
}

function abortError(signal: AbortSignal): Error {
  const { reason } = signal as { reason: unknown };
  if (reason instanceof Error && reason.name === 'AbortError') return reason;
  return new DOMException('The call was aborted.', 'AbortError');
}

/** Node's or undici's error code; connecting to a name with several addresses fails with one error per address. */
function codeOf(reason: unknown): string {
  if (typeof reason !== 'object' || reason === null) return '';
  if ('code' in reason && typeof reason.code === 'string') return reason.code;
  return 'errors' in reason && Array.isArray(reason.errors) ? codeOf(reason.errors[0]) : '';
}
