import { expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import type { Terminal } from '../terminal';
import { printReport } from './print';
import { makeReport, type DrillResult } from './report';

const base: DrillResult = {
  chain: 'best',
  failure: 'status-429',
  failing: ['a'],
  outcome: 'survived',
  answeredBy: 'b',
  status: 200,
  milliseconds: 12,
};

function printed(report: Parameters<typeof makeReport>[0]): string {
  let text = '';
  const terminal = { out: (piece: string) => void (text += piece), outColors: createColors(false) };
  printReport(makeReport(report), terminal as unknown as Terminal);
  return text;
}

const chains = [{ name: 'best', places: ['a', 'b'], attempts: 2 }];

it('shows who answered instead', () => {
  const text = printed({
    chains,
    results: [base, { ...base, failing: ['a', 'b'], outcome: 'told', status: 429 }],
    leaks: [],
  });
  expect(text).toMatch(/best {2}a → b/);
  expect(text).toMatch(/429 +✓ b \(12 ms\) +caller gets 429/);
  expect(text).toContain('✓ 1 failures survived, 0 not; every key stayed with its own candidate');
});

it('names what was not survived and whose key went where', () => {
  const failed: DrillResult = { ...base, outcome: 'failed', status: 503, problem: 'status 503: no' };
  const leaks = [
    { owner: 'a', seenBy: 'b' },
    { owner: 'a', seenBy: 'b' },
  ];
  const text = printed({ chains, results: [failed], leaks });
  expect(text.match(/a credential of a reached b/g)).toHaveLength(1);
  expect(text).toContain('✗ best: with status-429 at a: status 503: no');
  expect(makeReport({ chains, results: [failed], leaks: [] }).passed).toBe(false);
  expect(makeReport({ chains, results: [base], leaks }).passed).toBe(false);
});
