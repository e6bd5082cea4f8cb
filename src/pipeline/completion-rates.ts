import type { ModelLabels } from '../ports/metrics';

/**
 * Bytes that one token takes in a stream, envelope included, until a model has shown its own figure. Events of one token
 * are the rule; OpenAI's carry about 230 bytes around it.
 */
const DEFAULT_BYTES: Readonly<Record<string, number>> = {
  'openai.chat': 235,
  'openai.completions': 200,
  'openai.responses': 260,
  'anthropic.messages': 125,
};
const OTHER_BYTES = 200;

/** Learned figures stay in what is possible: from text in bulk to one token in a very wordy envelope. */
const MIN_BYTES = 3;
const MAX_BYTES = 4000;

/** Weight of a new answer; short ones are mostly envelope and say little. */
const LEARNING_RATE = 0.2;
const MIN_TOKENS_TO_LEARN = 20;

/** Models that callers may name are without number. */
const MAX_RATES = 1000;

/** How long answers are per token, learned from streams that say what they took. */
export class CompletionRates {
  private readonly rates = new Map<string, CompletionRate>();

  /** @param client API of the stream as the caller gets it */
  of({ provider, model }: ModelLabels, client: string): CompletionRate {
    const key = `${provider}/${model} ${client}`;
    const known = this.rates.get(key);
    if (known !== undefined) return known;
    const rate = new CompletionRate(DEFAULT_BYTES[client] ?? OTHER_BYTES);
    if (this.rates.size < MAX_RATES) this.rates.set(key, rate);
    return rate;
  }
}

export class CompletionRate {
  constructor(private bytesPerToken: number) {}

  tokensIn(bytes: number): number {
    return Math.round(bytes / this.bytesPerToken);
  }

  learn(bytes: number, tokens: number): void {
    if (tokens < MIN_TOKENS_TO_LEARN) return;
    const seen = Math.min(Math.max(bytes / tokens, MIN_BYTES), MAX_BYTES);
    this.bytesPerToken += LEARNING_RATE * (seen - this.bytesPerToken);
  }
}
