import type { CloudTokens, TokenIdentity } from '../cloud-tokens';
import type { Log } from '../log';
import { TOKEN_SOURCES, type AccessToken, type TokenSource } from './cloud-token-sources';

export interface CloudTokensOptions {
  readonly identities: ReadonlySet<TokenIdentity>;
  readonly log: Log;
  /** For tests; the clouds' libraries by default. */
  readonly sources?: Readonly<Record<TokenIdentity, (renewBeforeMs: number) => Promise<TokenSource>>>;
}

/** The libraries hand out a new token when the old one has less than five minutes left. */
const RENEW_BEFORE_MS = 300_000;
const ASK_BEFORE_MS = RENEW_BEFORE_MS - 30_000;
const SHORTEST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** A cloud that does not answer must not keep the other models waiting. */
const READY_LIMIT_MS = 10_000;

/** Tokens that are renewed in the background before they expire, and asked for again after a failure. */
export function createCloudTokens({ identities, log, sources = TOKEN_SOURCES }: CloudTokensOptions): CloudTokens {
  const tokens = new Map([...identities].map((id) => [id, new RenewedToken(id, sources[id], log)] as const));
  const first = Promise.all([...tokens.values()].map((token) => token.renew()));
  return {
    ready: () => withinLimit(first),
    current: (identity) => tokens.get(identity)?.current,
    close: () => tokens.forEach((token) => token.close()),
  };
}

class RenewedToken {
  #token: AccessToken | undefined;
  #source: TokenSource | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly identity: TokenIdentity,
    private readonly open: (renewBeforeMs: number) => Promise<TokenSource>,
    private readonly log: Log,
  ) {}

  get current(): string | undefined {
    return this.#token !== undefined && this.#token.expiresAtMs > Date.now() ? this.#token.token : undefined;
  }

  /** Never rejects. */
  async renew(): Promise<void> {
    try {
      this.#source ??= await this.open(RENEW_BEFORE_MS);
      this.#token = await this.#source();
    } catch (error) {
      // Only the message: errors of these libraries carry the whole exchange, assertions and tokens included.
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warn({ identity: this.identity, reason }, 'no access token from the cloud');
      this.#plan(SHORTEST_PAUSE_MS);
      return;
    }
    const left = this.#token.expiresAtMs - Date.now();
    this.#plan(Math.min(Math.max(left - ASK_BEFORE_MS, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #plan(pauseMs: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.renew(), pauseMs).unref();
  }
}

async function withinLimit(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, READY_LIMIT_MS);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
