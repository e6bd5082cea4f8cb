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
  const page = new ProgressPage(terminal);
  return {
    step: (title) => startStep(title, page, terminal),
    note: (text) => page.print(`  ${text}\n`),
    warn: (text) => {
      page.clear();
      terminal.err(`${terminal.errColors.yellow('warning:')} ${text}\n`);
    },
    text: (text) => page.print(text),
  };
}

/** Knows whether the last line is still being rewritten, so that other text does not run into it. */
class ProgressPage {
  private openLine = false;

  constructor(private readonly terminal: Terminal) {}

  clear(): void {
    if (this.openLine) this.terminal.out('\r\u001b[K');
    this.openLine = false;
  }

  print(text: string): void {
    this.clear();
    this.terminal.out(text);
  }

  rewrite(line: string): void {
    if (!this.terminal.interactive) return;
    this.terminal.out(`\r\u001b[K${line}`);
    this.openLine = true;
  }
}

function startStep(title: string, page: ProgressPage, { outColors: colors }: Terminal): Step {
  const startedAt = performance.now();
  const show = (detail: string): void => page.rewrite(`${colors.cyan('•')} ${title} ${colors.dim(detail)}`);
  const end = (mark: string, detail: string): void => {
    const time = duration(performance.now() - startedAt);
    const parts = [
      mark,
      title,
      detail === '' ? '' : colors.dim(`— ${detail}`),
      time === '' ? '' : colors.dim(`(${time})`),
    ];
    page.print(`${parts.filter((part) => part !== '').join(' ')}\n`);
  };
  show('');
  return {
    update: show,
    done: (detail = '') => end(colors.green('✓'), detail),
    failed: () => end(colors.red('✗'), ''),
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
