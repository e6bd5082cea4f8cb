import { METADATA_EXCHANGE_NAMESPACE, NOTED_ANSWER_FIELD } from '../config/names';
import type { AnswerNote } from '../pipeline/exchange';
import { errorReply } from '../pipeline/local-answers';
import { GatewayError } from '../wire/errors';
import { endWithError, type ProcessStream, type StreamServices } from './front-stream';
import { readHeaders } from './headers';
import type { ProcessingRequest, ProcessingResponse, Struct } from './protocol';
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
    const reply = await renderAttempt(readAttempt(message), this.services);
    if (!this.closed) this.call.write(reply);
  }
}

/** What the first message of an attempt says about it. */
export interface AttemptFacts {
  /** Undefined or 0: Envoy was told something else than the compiler tells it. */
  readonly exchangeId: string | undefined;
  readonly attempt: number;
  readonly path: string;
  /** What the attempt before answered, if it did. */
  readonly earlier: AnswerNote | undefined;
}

export function readAttempt(message: ProcessingRequest): AttemptFacts {
  const headers = readHeaders(message.requestHeaders ?? {});
  const metadata = message.metadataContext?.filterMetadata?.[METADATA_EXCHANGE_NAMESPACE];
  return {
    exchangeId: structText(metadata, 'id'),
    attempt: Number(headers.get('x-envoy-attempt-count') ?? 0),
    path: headers.get(':path') ?? '/',
    earlier: readNote(structText(metadata, NOTED_ANSWER_FIELD)),
  };
}

/** Everything for this candidate, or the end of the request when its pair is gone. */
export async function renderAttempt(
  { exchangeId, attempt, path, earlier }: AttemptFacts,
  { gateway, log }: Pick<StreamServices, 'gateway' | 'log'>,
): Promise<ProcessingResponse> {
  try {
    if (exchangeId === undefined || !(attempt >= 1)) throw new GatewayError('internal', 'The retry lost its request.');
    return attemptReply(await gateway.attempt(exchangeId, attempt, earlier));
  } catch (reason) {
    const error = GatewayError.from(reason);
    log.error({ err: error, attempt }, 'attempt refused');
    return immediateReply(errorReply(path, error));
  }
}

function structText(struct: Struct | undefined, field: string): string | undefined {
  return struct?.fields?.[field]?.stringValue;
}

/** The answer note that the compiler's filter writes: the status, then one header per line. Empty: no answer came. */
function readNote(text: string | undefined): AnswerNote | undefined {
  if (text === undefined || text === '') return undefined;
  const [status, ...lines] = text.split('\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  return { status: Number(status), headers: new Map(headers) };
}
