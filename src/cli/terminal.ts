import { createColors } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

/** Where a verb writes and what it may read of its surroundings; tests pass their own. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** Absolute folder that relative paths start from. */
  readonly folder: string;
  /** What is piped in. Called by verbs that read it, and by those only: an open standard input keeps a process alive. */
  input(): AsyncIterable<Buffer>;
  /** Results and machine-readable output. */
  out(text: string): void;
  /** Resolves when what was printed has left this process: a pipe may take it slowly, and leaving early would lose it. */
  flushed(): Promise<void>;
  /** Problems and notes. */
  err(text: string): void;
  /** Colours for `out` and `err`; plain text unless that stream is a terminal. */
  readonly outColors: Colors;
  readonly errColors: Colors;
  /** True when `out` is a terminal whose last line can be rewritten. */
  readonly interactive: boolean;
}

/** NO_COLOR and FORCE_COLOR as their conventions say; else colours only on a terminal. */
function wantsColor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== '') return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  return {
    env,
    folder: process.cwd(),
    input: () => process.stdin,
    out: (text) => void stdout.write(text),
    flushed: () => new Promise((resolve) => stdout.write('', () => resolve())),
    err: (text) => void stderr.write(text),
    outColors: createColors(wantsColor(stdout, env)),
    errColors: createColors(wantsColor(stderr, env)),
    interactive: stdout.isTTY === true && env.TERM !== 'dumb' && env.CI === undefined,
  };
}
