import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleAnswer, sampleStreamError } from '../../wire';
import type { DrillCandidate } from './chains';
import type { FailureId } from './failures';

export interface StandInOptions {
  readonly upstream: string;
  /** Candidates that are called here, with the key that tells them apart. */
  readonly candidates: readonly { readonly candidate: DrillCandidate; readonly key: string }[];
  /** Every placeholder of the drill: seen where it does not belong, it is a leak. */
  readonly keys: readonly { readonly owner: string; readonly key: string }[];
}

export interface Leak {
  /** Whose credential. */
  readonly owner: string;
  /** Who saw it. */
  readonly seenBy: string;
}

/** A provider that fails on demand; listens on loopback only. */
export class StandIn {
  readonly leaks: Leak[] = [];
  /** Names of the models asked, in order. */
  readonly asked: string[] = [];
  private failing: ReadonlyMap<string, FailureId> = new Map();
  private server: Server | undefined;
  private boundPort = 0;

  constructor(private readonly options: StandInOptions) {}

  get port(): number {
    return this.boundPort;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.boundPort, '127.0.0.1', resolve);
    });
    this.boundPort = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /**
   * How each candidate answers from now on; who is not named answers well. A port that another candidate of the chain
   * needs stays open: there, refusing is a reset.
   */
  async fail(failing: ReadonlyMap<string, FailureId>, chain: readonly DrillCandidate[]): Promise<void> {
    this.failing = failing;
    this.asked.length = 0;
    const here = chain.filter(({ upstream }) => upstream === this.options.upstream);
    const refuses = here.length > 0 && here.every(({ name }) => failing.get(name) === 'refused');
    if (refuses) await this.stop();
    else if (this.server === undefined) await this.start();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const body = await readBody(request).catch(() => undefined);
    if (body === undefined) return;
    const seen = `${request.url ?? ''}\n${JSON.stringify(request.headers)}\n${body}`;
    const candidate = this.candidateOf(seen);
    this.noteLeaks(seen, candidate);
    if (candidate === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"The stand-in knows none of the credentials."}}');
      return;
    }
    this.asked.push(candidate.name);
    const failure = this.failing.get(candidate.name);
    if (failure === undefined) answer(candidate, wantsStream(request, body), response);
    else failAs(failure, candidate, response);
  }

  /** By its key; a lone candidate also without one, for vendors that sign requests. */
  private candidateOf(seen: string): DrillCandidate | undefined {
    const { candidates } = this.options;
    const own = candidates.find(({ key }) => seen.includes(key));
    return own?.candidate ?? (candidates.length === 1 ? candidates[0]?.candidate : undefined);
  }

  private noteLeaks(seen: string, candidate: DrillCandidate | undefined): void {
    for (const { owner, key } of this.options.keys) {
      if (owner !== candidate?.name && seen.includes(key)) {
        this.leaks.push({ owner, seenBy: candidate?.name ?? this.options.upstream });
      }
    }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Most APIs say it in the body, Gemini, Bedrock and their kin in the path. */
function wantsStream(request: IncomingMessage, body: string): boolean {
  return /"stream":\s*true/.test(body) || /stream/i.test(request.url ?? '');
}

/** The text of an answer names who gave it. */
export function answerText(candidate: DrillCandidate): string {
  return `Answered by ${candidate.name}.`;
}

function answer(candidate: DrillCandidate, stream: boolean, response: ServerResponse): void {
  const { api, publicName: model } = candidate;
  const { contentType, body } = sampleAnswer({ api, text: answerText(candidate), model, stream });
  response.writeHead(200, { 'content-type': contentType });
  response.end(body);
}

function failAs(failure: FailureId, candidate: DrillCandidate, response: ServerResponse): void {
  const stream = sampleStreamError(candidate.api);
  const headers = { 'content-type': stream.contentType };
  switch (failure) {
    case 'status-429':
      return refuse(429, response);
    case 'status-503':
      return refuse(503, response);
    case 'refused':
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang-before-headers':
      return;
    case 'hang-after-headers':
      response.writeHead(200, headers).flushHeaders();
      return;
    case 'error-event':
      response.writeHead(200, headers).end(stream.body);
      return;
    case 'broken-stream':
      response.writeHead(200, headers);
      response.write(stream.body.subarray(0, Math.ceil(stream.body.length / 2)), () => response.destroy());
  }
}

function refuse(status: number, response: ServerResponse): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end('{"error":{"message":"The stand-in fails on purpose.","type":"drill"}}');
}
