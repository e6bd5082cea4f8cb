import type { Metrics, ModelLabels } from '../ports/metrics';
import type { TokenCounter } from '../ports/token-counter';
import { CompletionRates } from './completion-rates';
import type { RequestRecord, TokenCounts } from './request-record';

/** A streamed answer on its way whose tokens may have to be estimated. */
export interface StreamedCall {
  /** API of the caller: says how many bytes a token takes in its stream. */
  readonly client: string;
  /** The caller's request. */
  readonly body: Buffer;
  /** Whether the upstream was asked for usage, or tells it always. */
  readonly tellsUsage: boolean;
}

interface PendingStream {
  readonly client: string;
  /** Absent where the prompt is not counted here. */
  readonly prompt?: Promise<number | undefined>;
}

/** Streams whose end no access log told (Envoy died): the oldest are forgotten. */
const MAX_PENDING = 20_000;

/** Of the streams that tell their usage, every so manieth is estimated as well, so that the error is known. */
const SAMPLE_EVERY = 20;

/**
 * Counts what a finished request cost and how its upstream did. Fed by Envoy's access log, so that an answer is counted
 * once, for the model that gave it, whether it passed the sidecar or not. Where a stream does not say what it cost, the
 * prompt is counted by a tokenizer and the completion guessed from the length of the answer.
 */
export class Metering {
  private readonly pending = new Map<string, PendingStream>();
  private readonly rates = new CompletionRates();
  private toldStreams = 0;

  constructor(
    private readonly metrics: Metrics,
    private readonly counter: TokenCounter,
  ) {}

  /** Called when a good streamed answer begins. */
  streamStarted(exchangeId: string, { client, body, tellsUsage }: StreamedCall): void {
    const isSample = tellsUsage && this.toldStreams++ % SAMPLE_EVERY === 0;
    const counted = !tellsUsage || isSample;
    this.pending.set(exchangeId, counted ? { client, prompt: this.counter.countPrompt(body) } : { client });
    if (this.pending.size <= MAX_PENDING) return;
    const oldest = this.pending.keys().next();
    if (oldest.done !== true) this.pending.delete(oldest.value);
  }

  /** Called when a request is over. Resolves when everything is counted; estimates may take a moment. Never rejects. */
  async record(record: RequestRecord): Promise<void> {
    const stream = this.takeStream(record.exchangeId);
    const { answerer, status, failure, tokens } = record;
    if (answerer === undefined) return;
    const labels = { provider: answerer.provider, model: answerer.model };
    this.metrics.upstreamFinished(
      { ...labels, statusClass: statusClass(status), errorClass: failure === 'cancelled' ? 'other' : failure },
      {
        seconds: record.durationMs / 1000,
        ...(record.firstByteMs === undefined ? {} : { firstByteSeconds: record.firstByteMs / 1000 }),
      },
    );
    this.metrics.tokensCounted(labels, tokens);
    if (status < 200 || status > 299) return;
    if (tokens.prompt === undefined) this.metrics.usageMissing(labels);
    if (stream !== undefined) await this.estimate(labels, record, stream);
  }

  private async estimate(
    labels: ModelLabels,
    { tokens, answerBytes }: RequestRecord,
    stream: PendingStream,
  ): Promise<void> {
    const rate = this.rates.of(labels, stream.client);
    const guess: TokenCounts = { completion: rate.tokensIn(answerBytes) };
    const prompt = await stream.prompt;
    const estimated = prompt === undefined ? guess : { ...guess, prompt };
    if (tokens.prompt === undefined) {
      this.metrics.tokensCounted(
        labels,
        tokens.completion === undefined ? estimated : withoutCompletion(estimated),
        true,
      );
      return;
    }
    for (const kind of ['prompt', 'completion'] as const) {
      const [exact, near] = [tokens[kind], estimated[kind]];
      if (exact === undefined || exact === 0 || near === undefined) continue;
      this.metrics.estimateMeasured({ ...labels, kind }, Math.abs(near - exact) / exact);
    }
    if (tokens.completion !== undefined) rate.learn(answerBytes, tokens.completion);
  }

  private takeStream(exchangeId: string | undefined): PendingStream | undefined {
    if (exchangeId === undefined) return undefined;
    const stream = this.pending.get(exchangeId);
    this.pending.delete(exchangeId);
    return stream;
  }
}

function withoutCompletion({ completion: _, ...rest }: TokenCounts): TokenCounts {
  return rest;
}

function statusClass(status: number): string {
  return status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'error';
}
