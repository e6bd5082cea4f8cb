import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import { FROM_UPSTREAM_HEADER, GRPC_LISTENER_KEY } from '../config/names';
import type { CloseReason } from '../pipeline/exchange';
import type { FrontExchange, Gateway } from '../pipeline/gateway';
import { NO_HEADER_CHANGES, type RewriteResponse } from '../pipeline/mutation';
import { requestHead } from '../pipeline/request-head';
import type { Log } from '../ports/log';
import type { Metrics } from '../ports/metrics';
import type { Telemetry } from '../ports/telemetry';
import { readHeaders } from './headers';
import type { HttpBody, HttpHeaders, ProcessingRequest, ProcessingResponse } from './protocol';
import {
  collectedReply,
  collectReply,
  CONTINUE_REQUEST_HEADERS,
  CONTINUE_RESPONSE_TRAILERS,
  extendDeadlineReply,
  forwardReply,
  immediateReply,
  passReply,
  replaceReply,
  rewriteReply,
  streamedBodyReplies,
  usageMetadata,
} from './reply';

export type ProcessStream = ServerDuplexStream<ProcessingRequest, ProcessingResponse>;

export interface StreamServices {
  readonly gateway: Gateway;
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * head: nothing seen (Envoy may answer by itself even now: missing host, bad path) · body: head answered, body wanted · forwarded: request is with Envoy's router ·
 * rewriting: the answer streams through us · over: nothing more to say.
 */
type State = 'head' | 'body' | 'forwarded' | 'rewriting' | 'over';

/**
 * One request: a state machine over the messages of its ext_proc stream. A message that does not fit the state (a duplicate,
 * something after the end of a body) is counted and dropped: it never runs a stage twice and never gets a second reply.
 */
export class FrontStream {
  private state: State = 'head';
  private exchange: FrontExchange | undefined;
  private answer: RewriteResponse | undefined;
  private readonly abort = new AbortController();
  /** Messages are handled one after the other, also when one takes a while. */
  private queue: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly call: ProcessStream,
    private readonly services: StreamServices,
  ) {}

  run(): void {
    this.services.metrics.streamOpened('front');
    this.call.on('data', (message: ProcessingRequest) => {
      this.queue = this.queue.then(() => this.handle(message)).catch((error: unknown) => this.fail(error));
    });
    this.call.on('end', () => {
      // Envoy half-closed: it expects our end at once (graceful close), whatever is still queued behind.
      this.close('finished');
      this.call.end();
    });
    this.call.on('cancelled', () => this.close('cancelled'));
    this.call.on('error', () => this.close('failed'));
  }

  private async handle(message: ProcessingRequest): Promise<void> {
    if (this.closed) return;
    const phase = message.request ?? 'none';
    this.services.metrics.messageReceived('front', phase);
    if (message.requestHeaders !== undefined && this.state === 'head')
      return this.onRequestHeaders(message.requestHeaders);
    if (message.requestBody !== undefined && this.state === 'body') return this.onRequestBody(message.requestBody.body);
    if (message.responseHeaders !== undefined && this.state === 'head')
      return this.finish(passReply(NO_HEADER_CHANGES));
    if (message.responseHeaders !== undefined && this.awaitsResponse())
      return this.onResponseHeaders(message.responseHeaders);
    if (message.responseBody !== undefined && this.state === 'rewriting')
      return this.onResponseBody(message.responseBody);
    if (message.responseTrailers !== undefined && this.state === 'rewriting') return this.onResponseTrailers();
    this.services.log.warn({ phase, state: this.state }, 'unexpected ext_proc message dropped');
  }

  /** Envoy may answer by itself before the request was forwarded (413 while it buffers the body). */
  private awaitsResponse(): boolean {
    return this.state === 'forwarded' || this.state === 'body';
  }

  private async onRequestHeaders(message: HttpHeaders): Promise<void> {
    const { telemetry, gateway } = this.services;
    const head = requestHead(readHeaders(message), message.endOfStream === true);
    this.exchange = gateway.open({
      // gRPC metadata is ASCII; the compiler encodes listener names for it.
      listener: decodeURIComponent(metadataText(this.call, GRPC_LISTENER_KEY) ?? ''),
      head,
      traceContext: telemetry.extract(metadataText(this.call, 'traceparent'), metadataText(this.call, 'tracestate')),
      signal: this.abort.signal,
      extendDeadline: (timeoutMs) => this.send(extendDeadlineReply(timeoutMs)),
    });
    const reply = this.exchange.readHead();
    if (reply !== undefined) return this.finish(immediateReply(reply));
    if (head.endOfStream) return this.forward('requestHeaders', Buffer.alloc(0));
    this.state = 'body';
    this.send(CONTINUE_REQUEST_HEADERS);
  }

  private onRequestBody(body: Buffer | undefined): Promise<void> {
    return this.forward('requestBody', body ?? Buffer.alloc(0));
  }

  private async forward(phase: 'requestHeaders' | 'requestBody', body: Buffer): Promise<void> {
    const exchange = this.openExchange();
    // Until the reply is out, another body message would be a duplicate.
    this.state = 'over';
    const outcome = await exchange.readBody(body);
    if (this.closed) return;
    if (outcome.kind === 'reply') return this.finish(immediateReply(outcome));
    this.state = 'forwarded';
    this.send(forwardReply(phase, outcome, exchange.id));
  }

  private async onResponseHeaders(message: HttpHeaders): Promise<void> {
    const headers = readHeaders(message);
    const outcome = this.openExchange().readResponse({
      status: Number(headers.get(':status') ?? 0),
      headers,
      endOfStream: message.endOfStream === true,
      fromUpstream: headers.has(FROM_UPSTREAM_HEADER),
    });
    const changes = { set: outcome.headers.set, remove: [...outcome.headers.remove, FROM_UPSTREAM_HEADER] };
    if (outcome.kind === 'pass') return this.finish(passReply(changes));
    if (message.endOfStream === true) {
      const body = await outcome.rewrite(Buffer.alloc(0), true);
      const status = outcome.statusAfter === undefined ? {} : { ':status': String(outcome.statusAfter()) };
      return this.finish(replaceReply({ set: { ...changes.set, ...status }, remove: changes.remove }, body));
    }
    this.answer = outcome;
    this.state = 'rewriting';
    this.send(outcome.statusAfter === undefined ? rewriteReply(changes) : collectReply(changes));
  }

  private async onResponseBody({ body, endOfStream }: HttpBody): Promise<void> {
    const end = endOfStream === true;
    if (this.answer?.statusAfter !== undefined) return this.onCollectedBody(this.answer.statusAfter, body);
    if (end) this.state = 'over';
    await this.sendRewritten(body ?? Buffer.alloc(0), end, end);
  }

  /** Envoy collected the body: one message, whatever its end flag says (trailers may follow). */
  private async onCollectedBody(statusAfter: () => number, body: Buffer | undefined): Promise<void> {
    this.state = 'over';
    const rewritten = (await this.answer?.rewrite(body ?? Buffer.alloc(0), true)) ?? Buffer.alloc(0);
    this.send({ ...collectedReply(rewritten, statusAfter()), ...this.usage() });
  }

  /** Trailers end the body; they go on after it. */
  private async onResponseTrailers(): Promise<void> {
    this.state = 'over';
    await this.sendRewritten(Buffer.alloc(0), true, false);
    this.send({ ...CONTINUE_RESPONSE_TRAILERS, ...this.usage() });
  }

  private async sendRewritten(chunk: Buffer, end: boolean, endOfStream: boolean): Promise<void> {
    const rewritten = (await this.answer?.rewrite(chunk, end)) ?? chunk;
    const replies = [...streamedBodyReplies(rewritten, endOfStream)];
    replies.forEach((reply, index) => {
      const isLast = endOfStream && index === replies.length - 1;
      this.send(isLast ? { ...reply, ...this.usage() } : reply);
    });
  }

  private usage(): Pick<ProcessingResponse, 'dynamicMetadata'> {
    return usageMetadata(this.answer?.usage?.() ?? {});
  }

  private openExchange(): FrontExchange {
    if (this.exchange === undefined) throw new Error('a message arrived before the request headers');
    return this.exchange;
  }

  private finish(reply: ProcessingResponse): void {
    this.state = 'over';
    this.send(reply);
  }

  private send(reply: ProcessingResponse): void {
    if (!this.closed) this.call.write(reply);
  }

  /** Ending the stream with an error makes Envoy answer 503 (status_on_error) or cut the answer: never unguarded traffic. */
  private fail(error: unknown): void {
    this.services.log.error({ err: error, state: this.state }, 'ext_proc stream failed');
    this.close('failed');
    endWithError(this.call);
  }

  private close(reason: CloseReason): void {
    if (this.closed) return;
    this.closed = true;
    this.abort.abort();
    this.exchange?.close(reason);
  }
}

/** grpc-js turns an `error` event on a server stream into its final status; destroying the stream would leave Envoy waiting. */
export function endWithError(call: ProcessStream): void {
  call.emit('error', { code: status.INTERNAL, details: 'the request could not be handled' });
}

export function metadataText(call: ProcessStream, key: string): string | undefined {
  const value = call.metadata.get(key)[0];
  return typeof value === 'string' ? value : undefined;
}
