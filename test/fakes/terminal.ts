import { Readable } from 'node:stream';
import { createColors } from 'picocolors';
import type { Terminal } from '../../src/cli/terminal';

/** A terminal without colours that keeps what was printed. */
export interface FakeTerminal extends Terminal {
  readonly printed: { out: string; err: string };
}

export function fakeTerminal(folder: string, env: NodeJS.ProcessEnv = {}, input: readonly Buffer[] = []): FakeTerminal {
  const printed = { out: '', err: '' };
  return {
    env,
    folder,
    printed,
    input: () => Readable.from(input),
    out: (text) => void (printed.out += text),
    flushed: () => Promise.resolve(),
    err: (text) => void (printed.err += text),
    outColors: createColors(false),
    errColors: createColors(false),
    interactive: false,
  };
}
