import { createColors } from 'picocolors';
import type { Problem } from './problem';

type Colors = ReturnType<typeof createColors>;

/**
 * Problems as text for people: headline, place, the source line with a mark under what is meant, reason and advice; a
 * count at the end. Empty text for no problems.
 */
export function renderProblems(problems: readonly Problem[], { color }: { color: boolean }): string {
  if (problems.length === 0) return '';
  const colors = createColors(color);
  return [...problems.map((problem) => renderProblem(problem, colors)), renderCount(problems, colors)].join('\n');
}

function renderProblem(problem: Problem, colors: Colors): string {
  const paint = problem.severity === 'error' ? colors.red : colors.yellow;
  const gutter = ' '.repeat(String(problem.line).length);
  const bar = colors.blue('|');
  const lines = [
    colors.bold(`${paint(`${problem.severity}[${problem.code}]`)}: ${problem.message}`),
    `${gutter}${colors.blue('-->')} ${problem.file}:${problem.line}:${problem.column}`,
  ];
  const { excerpt } = problem;
  if (excerpt !== undefined && excerpt.text !== '') {
    const { text, mark } = markedLine(excerpt.text, problem.column, excerpt.length);
    lines.push(`${gutter} ${bar}`);
    lines.push(`${colors.blue(String(problem.line))} ${bar} ${text}`);
    lines.push(`${gutter} ${bar} ${paint(mark)}`);
  }
  lines.push(`${gutter} ${colors.blue('=')} ${colors.bold('why')}: ${problem.why}`);
  lines.push(`${gutter} ${colors.blue('=')} ${colors.bold('fix')}: ${problem.fix}`, '');
  return lines.join('\n');
}

const MAX_WIDTH = 110;

/** Cuts long lines around the mark and replaces tabs, so that the mark stands where it should. */
function markedLine(line: string, column: number, length: number): { text: string; mark: string } {
  const flat = line.replaceAll('\t', ' ');
  const start = column > MAX_WIDTH - 20 ? column - 21 : 0;
  const shown = flat.slice(start, start + MAX_WIDTH);
  const text = `${start > 0 ? '…' : ''}${shown}${flat.length > start + MAX_WIDTH ? '…' : ''}`;
  const before = column - 1 - start + (start > 0 ? 1 : 0);
  const room = Math.max(1, text.length - before);
  return { text, mark: ' '.repeat(before) + '^'.repeat(Math.min(length, room)) };
}

function renderCount(problems: readonly Problem[], colors: Colors): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const parts = [
    ...(errors > 0 ? [colors.red(counted(errors, 'error'))] : []),
    ...(warnings > 0 ? [colors.yellow(counted(warnings, 'warning'))] : []),
  ];
  return `${parts.join(', ')}\n`;
}
