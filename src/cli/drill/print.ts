import type { Terminal } from '../terminal';
import { FAILURES } from './failures';
import type { DrillOutcome, DrillReport, DrillResult } from './report';

type Paint = (text: string) => string;

/** A table per name: a row per failure, a column per number of candidates that fail with it. */
export function printReport(report: DrillReport, terminal: Terminal): void {
  const { bold, dim, green, red } = terminal.outColors;
  for (const chain of report.chains) {
    terminal.out(`\n${bold(chain.name)}  ${dim(chain.places.join(' → '))}\n`);
    const own = report.results.filter((result) => result.chain === chain.name);
    printTable(own, chain.places, terminal);
  }
  terminal.out('\n');
  for (const { owner, seenBy } of uniqueLeaks(report)) {
    terminal.out(`${red('✗')} a credential of ${owner} reached ${seenBy}\n`);
  }
  const failed = report.results.filter(({ outcome }) => outcome === 'failed');
  for (const { chain, failure, failing, problem } of failed) {
    const where = failing.length === 0 ? 'after' : 'with';
    terminal.out(
      `${red('✗')} ${chain}: ${where} ${failure}${failing.length === 0 ? '' : ` at ${failing.join(', ')}`}: ${problem ?? ''}\n`,
    );
  }
  const survived = report.results.filter(({ outcome }) => outcome === 'survived').length;
  const summary = `${survived} failures survived, ${failed.length} not; ${report.leaks.length === 0 ? 'every key stayed with its own candidate' : 'keys leaked'}`;
  terminal.out(`${report.passed ? green('✓') : red('✗')} ${summary}\n`);
}

function printTable(results: readonly DrillResult[], places: readonly string[], terminal: Terminal): void {
  const head = ['', ...places.map((place, index) => (index === 0 ? `${place} fails` : `and ${place}`))];
  const rows = FAILURES.map(({ id, title }) => {
    const cells = places.map((_, index) =>
      results.find(({ failure, failing }) => failure === id && failing.length === index + 1),
    );
    return { title, cells };
  });
  const widths = head.map((text, column) =>
    Math.max(
      text.length,
      ...rows.map(({ title, cells }) => (column === 0 ? title : cellText(cells[column - 1])).length),
    ),
  );
  const line = (texts: readonly string[], paints: readonly Paint[] = []): string =>
    texts
      .map((text, column) => (paints[column] ?? plain)(text.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  terminal.out(`  ${terminal.outColors.dim(line(head))}\n`);
  for (const { title, cells } of rows) {
    const paints = [plain, ...cells.map((cell) => paintOf(cell?.outcome, terminal))];
    terminal.out(`  ${line([title, ...cells.map(cellText)], paints)}\n`);
  }
}

const plain: Paint = (text) => text;

function cellText(result: DrillResult | undefined): string {
  if (result === undefined) return '';
  switch (result.outcome) {
    case 'survived':
      return `✓ ${result.answeredBy ?? ''} (${result.milliseconds} ms)`;
    case 'told':
      return result.status === null || result.status === 200
        ? 'stream ends in an error'
        : `caller gets ${result.status}`;
    case 'failed':
      return `✗ ${result.status ?? 'no answer'}`;
    default:
      return result.outcome;
  }
}

function paintOf(outcome: DrillOutcome | undefined, { outColors }: Terminal): Paint {
  switch (outcome) {
    case 'survived':
      return outColors.green;
    case 'failed':
      return outColors.red;
    default:
      return outColors.dim;
  }
}

function uniqueLeaks({ leaks }: DrillReport): DrillReport['leaks'] {
  return [...new Map(leaks.map((leak) => [JSON.stringify(leak), leak])).values()];
}
