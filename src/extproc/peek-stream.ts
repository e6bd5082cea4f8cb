import { STREAM_ERROR_STATUS } from '../pipeline/retry-headers';
import { NO_HEADER_CHANGES } from '../pipeline/mutation';
import { FirstTokenReader } from '../wire';
import { readAttempt, renderAttempt, type AttemptFacts } from './attempt-stream';
import { endWithError, type ProcessStream, type StreamServices } from './front-stream';
import { readHeaders } from './headers';
import type { HttpBody, HttpHeaders, ProcessingRequest, ProcessingResponse } from './protocol';
import { CONTINUE_REQUEST_HEADERS, passReply } from './reply';

const NO_BYTES = Buffer.alloc(0);

/**
 * One attempt of a request whose failover waits for the first token: Envoy holds the answer's headers while its first
 * bytes are read here. They go on when the answer has begun; an error in its place gets a status that Envoy retries, as
 * does silence by Envoy's own time per attempt. Then this stream ends, and Envoy passes on what it held, byte for byte:
 * nothing of a body is ever written here.
 */
export class PeekStream {
  private facts: AttemptFacts | undefined;
  /** Undefined before the answer's headers and after the decision. */
  private reader: FirstTokenReader | undefined;
  private closed = false;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly call: ProcessStream,
    private readonly services: StreamServices,
  ) {}

  run(): void {
    this.services.metrics.streamOpened('attempt');
    this.call.on('data', (message: ProcessingRequest) => {
      this.services.metrics.messageReceived('attempt', message.request ?? 'none');
      this.queue = this.queue.then(() => this.handle(message)).catch((error: unknown) => this.fail(error));
    });
    this.call.on('end', () => {
      this.closed = true;
      this.call.end();
    });
    this.call.on('cancelled', () => (this.closed = true));
    this.call.on('error', () => (this.closed = true));
  }

  private async handle(message: ProcessingRequest): Promise<void> {
    if (this.closed) return;
    if (message.requestHeaders !== undefined && this.facts === undefined) return this.onRequest(message);
    if (message.responseHeaders !== undefined) return this.onResponseHeaders(message.responseHeaders);
    if (message.responseBody !== undefined) return this.onResponseBody(message.responseBody);
  }

  private async onRequest(message: ProcessingRequest): Promise<void> {
    this.facts = readAttempt(message);
    // The front stream has rendered the first candidate.
    this.send(this.facts.attempt === 1 ? CONTINUE_REQUEST_HEADERS : await renderAttempt(this.facts, this.services));
  }

  private onResponseHeaders(message: HttpHeaders): void {
    const headers = readHeaders(message);
    const succeeded = /^2\d\d$/.test(headers.get(':status') ?? '');
    const readable = (headers.get('content-encoding') ?? 'identity').toLowerCase() === 'identity';
    if (!succeeded || !readable) return this.decide('token');
    this.reader = new FirstTokenReader();
    if (message.endOfStream === true) this.decide(this.reader.end());
  }

  private onResponseBody({ body, endOfStream }: HttpBody): void {
    if (this.reader === undefined) return;
    const verdict = this.reader.push(body ?? NO_BYTES);
    if (verdict !== 'wait') this.decide(verdict);
    else if (endOfStream === true) this.decide(this.reader.end());
  }

  private decide(verdict: 'token' | 'error'): void {
    this.reader = undefined;
    const leadsOn = verdict === 'error' && this.leadsOn();
    const set: Record<string, string> = leadsOn ? { ':status': String(STREAM_ERROR_STATUS) } : {};
    this.send(passReply({ ...NO_HEADER_CHANGES, set }));
    this.closed = true;
    this.call.end();
  }

  private leadsOn(): boolean {
    const { exchangeId = '', attempt = 0 } = this.facts ?? {};
    return this.services.gateway.answerWatch(exchangeId).leadsOn(attempt);
  }

  private send(reply: ProcessingResponse): void {
    if (!this.closed) this.call.write(reply);
  }

  private fail(error: unknown): void {
    this.services.log.error({ err: error }, 'peek stream failed');
    this.closed = true;
    endWithError(this.call);
  }
}
