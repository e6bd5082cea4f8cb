import type { ConfigDocument, Place } from './config-document';
import { maskLine } from './mask';
import type { Problem } from './problem';
import { PROBLEM_TABLE, type ProblemCode, type ProblemRow } from './problem-table/index';

export interface ProblemDetail {
  /** What is wrong, one sentence. */
  readonly message: string;
  /** Replaces the table's reason where the case knows better. */
  readonly why?: string;
  /** Replaces the table's advice where the case knows better. */
  readonly fix?: string;
  readonly refusesStart?: boolean;
}

/** Gathers the problems of one file; the same code is told once per place. */
export class ProblemList {
  readonly #problems = new Map<string, Problem>();

  constructor(
    readonly file: string,
    private readonly lineText: (line: number) => string = () => '',
  ) {}

  static of(document: ConfigDocument): ProblemList {
    return new ProblemList(document.file, (line) => document.lineText(line));
  }

  add(code: ProblemCode, place: Place, detail: ProblemDetail): void {
    const row: ProblemRow = PROBLEM_TABLE[code];
    const identity = `${code}:${place.line}:${place.column}:${detail.message}`;
    if (this.#problems.has(identity)) return;
    this.#problems.set(identity, {
      code,
      severity: row.severity,
      file: this.file,
      line: place.line,
      column: place.column,
      message: detail.message,
      why: detail.why ?? row.why,
      fix: detail.fix ?? row.fix,
      ...(detail.refusesStart === true ? { refusesStart: true } : {}),
      excerpt: { text: maskLine(this.lineText(place.line)), length: place.length },
    });
  }

  get hasErrors(): boolean {
    return [...this.#problems.values()].some((problem) => problem.severity === 'error');
  }

  /** Errors first, then by position. */
  sorted(): readonly Problem[] {
    const rank = (problem: Problem): number => (problem.severity === 'error' ? 0 : 1);
    return [...this.#problems.values()].sort(
      (a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column || a.code.localeCompare(b.code),
    );
  }
}
