import type { Problem } from './problem';

export interface ProblemsJson {
  readonly file: string;
  readonly problems: readonly Omit<Problem, 'refusesStart' | 'excerpt'>[];
}

/** The pinned shape of `validate --format json`: exactly these keys, in this order. */
export function problemsJson(file: string, problems: readonly Problem[]): ProblemsJson {
  return {
    file,
    problems: problems.map(({ code, severity, file: source, line, column, message, why, fix }) => ({
      code,
      severity,
      file: source,
      line,
      column,
      message,
      why,
      fix,
    })),
  };
}
