/** One thing that is wrong (or old, or not yet possible) in a configuration file. */
export interface Problem {
  /** Stable code such as `unknown_key`; documented in docs/problems.md. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** What is wrong, one sentence. */
  readonly message: string;
  /** Why it matters or why it is refused. */
  readonly why: string;
  /** What to write instead, or which command helps. */
  readonly fix: string;
  /**
   * True for a warning about something that protects (guards, filters, rate limits) and is not built yet:
   * `validate` and `compile` warn, `up` and `serve` refuse to start.
   */
  readonly refusesStart?: boolean;
  /** The source line with secrets masked, and how many characters from `column` on are meant; for `renderProblems` only. */
  readonly excerpt?: { readonly text: string; readonly length: number };
}
