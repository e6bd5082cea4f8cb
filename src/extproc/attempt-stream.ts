import { METADATA_EXCHANGE_NAMESPACE } from '../config/names';
import { errorReply } from '../pipeline/local-answers';
import { GatewayError } from '../wire/errors';
import { endWithError, type ProcessStream, type StreamServices } from './front-stream';
import { readHeaders } from './headers';
import type { ProcessingRequest, Struct } from './protocol';
import { attemptReply, immediateReply } from './reply';

/**
 * One retry: headers only. Finds its request through the id that the front stream put into dynamic metadata (never through
 * a header a client could send) and answers with everything for this candidate. Without a pair the attempt ends here.
 */
export class AttemptStream {
  private answered = false;
  private closed = false;

  constructor(
    private readonly call: ProcessStream,
    private readonly services: StreamServices,
  ) {}

  run(): void {
    this.services.metrics.streamOpened('attempt');
    this.call.on('data', (message: ProcessingRequest) => {
      this.services.metrics.messageReceived('attempt', message.request ?? 'none');
      if (this.answered || message.requestHeaders === undefined) return;
      this.answered = true;
      this.answer(message).catch((error: unknown) => {
        this.services.log.error({ err: error }, 'attempt stream failed');
        this.closed = true;
        endWithError(this.call);
      });
    });
    this.call.on('end', () => {
      this.closed = true;
      this.call.end();
    });
    this.call.on('cancelled', () => (this.closed = true));
    this.call.on('error', () => (this.closed = true));
  }

  private async answer(message: ProcessingRequest): Promise<void> {
    const headers = readHeaders(message.requestHeaders ?? {});
    const id = structText(message.metadataContext?.filterMetadata?.[METADATA_EXCHANGE_NAMESPACE], 'id');
    const attempt = Number(headers.get('x-envoy-attempt-count') ?? 0);
    try {
      if (id === undefined || !(attempt >= 1)) throw new GatewayError('internal', 'The retry lost its request.');
      const rendering = await this.services.gateway.attempt(id, attempt);
      if (!this.closed) this.call.write(attemptReply(rendering));
    } catch (reason) {
      const error = GatewayError.from(reason);
      this.services.log.error({ err: error, attempt }, 'attempt refused');
      if (!this.closed) this.call.write(immediateReply(errorReply(headers.get(':path') ?? '/', error)));
    }
  }
}

function structText(struct: Struct | undefined, field: string): string | undefined {
  return struct?.fields?.[field]?.stringValue;
}
