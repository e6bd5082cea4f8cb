import type { Terminal } from './terminal';

/** One step that is under way. Exactly one of `done` and `failed` ends it. */
export interface Step {
  /** Replaces the detail shown behind the title, e.g. "12 of 37 MB". */
  update(detail: string): void;
  done(detail?: string): void;
  failed(): void;
}

/** How a longer command tells what it is doing. */
export interface Progress {
  step(title: string): Step;
  /** Something worth knowing that is no step. */
  note(text: string): void;
  warn(text: string): void;
  /** Text printed as it is: the summary at the end. */
  text(text: string): void;
}

const SECONDS_FROM_MS = 10_000;

function duration(ms: number): string {
  if (ms < 1) return '';
  return ms < SECONDS_FROM_MS ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Steps with marks and timings; on a terminal the line of the running step is rewritten, elsewhere only ends are printed. */
export function terminalProgress(terminal: Terminal): Progress {
  const colors = terminal.outColors;
  let openLine = false;
  const clear = (): void => {
    if (openLine) terminal.out('\r\u001b[K');
    openLine = false;
  };
  const line = (text: string): void => {
    clear();
    terminal.out(`${text}\n`);
  };
  return {
    step(title) {
      const startedAt = performance.now();
      const show = (detail: string): void => {
        if (!terminal.interactive) return;
        terminal.out(`\r\u001b[K${colors.cyan('•')} ${title} ${colors.dim(detail)}`);
        openLine = true;
      };
      const end = (mark: string, detail: string): void => {
        const time = duration(performance.now() - startedAt);
        line([mark, title, detail, colors.dim(time === '' ? '' : `(${time})`)].filter((part) => part !== '').join(' '));
      };
      show('');
      return {
        update: show,
        done: (detail = '') => end(colors.green('✓'), detail === '' ? '' : colors.dim(`— ${detail}`)),
        failed: () => end(colors.red('✗'), ''),
      };
    },
    note: (text) => line(`  ${text}`),
    warn: (text) => {
      clear();
      terminal.err(`${terminal.errColors.yellow('warning:')} ${text}\n`);
    },
    text: (text) => {
      clear();
      terminal.out(text);
    },
  };
}

/** Runs `work` as a step: done with the text that `describe` makes of its result, failed when it throws. */
export async function asStep<Result>(
  progress: Progress,
  title: string,
  work: (step: Step) => Promise<Result>,
  describe: (result: Result) => string = () => '',
): Promise<Result> {
  const step = progress.step(title);
  try {
    const result = await work(step);
    step.done(describe(result));
    return result;
  } catch (reason) {
    step.failed();
    throw reason;
  }
}
