/** The benchmark's arithmetic: a wrong figure is worse than none. */
import { describe, expect, it } from '@jest/globals';
import { judgeAnswer } from '../../bench/answer-check';
import type { Measurement } from '../../bench/measurement';
import { parseStat } from '../../bench/process-usage';
import { summarise } from '../../bench/report';
import { median, percentile } from '../../bench/statistics';
import { answerText } from '../../bench/workloads';

describe('statistics', () => {
  it('takes nearest ranks, in any order of values', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)]).toEqual([50, 99, 100]);
    expect([percentile([7], 0.5), median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([7, 2, 2.5]);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('process usage', () => {
  it('reads user and system time, parent and memory behind any command name', () => {
    const rest = '7 1 1 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 5 0 12345 999 2000 18446744073709551615';
    expect(parseStat(`42 (a) b (c d) S ${rest}`)).toEqual({ parent: 7, cpuSeconds: 3, residentBytes: 2000 * 4096 });
  });
});

describe('report', () => {
  const measurement = (system: string, round: number, cpu: Record<string, number>, p50Ms: number): Measurement => ({
    system,
    workload: 'W1',
    connections: 8,
    round,
    load: { requests: 100, failures: 0, sent: 110, seconds: 1, p50Ms, p99Ms: p50Ms * 2, firstByteP50Ms: p50Ms },
    cpuMicrosPerRequest: cpu,
    residentMegabytes: { envoy: 70, sidecar: 90 },
    extProcStreams: 1,
    extProcMessages: 3,
  });

  it('compares within rounds and relates the CPU of both processes to the floor', () => {
    const [row] = summarise([
      measurement('plain Envoy', 1, { envoy: 100 }, 1),
      measurement('Outerloop', 1, { envoy: 150, sidecar: 250 }, 1.5),
      measurement('plain Envoy', 2, { envoy: 100 }, 3),
      measurement('Outerloop', 2, { envoy: 150, sidecar: 250 }, 3.7),
    ]);
    expect(row).toMatchObject({ floorCpuMicros: 100, cpuRatio: 4, extProcMessages: 3, perSecond: 100 });
    expect(row?.addedP50Ms).toBeCloseTo(0.6);
    expect(row?.addedP99Ms).toBeCloseTo(1.2);
  });
});

describe('answer check', () => {
  const chunk = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  const whole = (content: string): string => JSON.stringify({ choices: [{ message: { content } }] });

  it.each([
    ['a right answer', whole(answerText(3)), false, undefined],
    ['a right stream', `${chunk(answerText(2))}${chunk('größe2 ')}data: [DONE]\n\n`, true, undefined],
    ['a cut stream', chunk(answerText(3)), true, 'stream without [DONE]'],
    ['a lost word', whole(answerText(2)), false, 'other text than the upstream sent'],
    ['half an answer', whole(answerText(3)).slice(0, -5), false, 'malformed JSON'],
    ['an error object', '{"error":{}}', false, 'answer without text'],
  ])('judges %s', (_, body, stream, expected) => {
    expect(judgeAnswer(body, stream, 3)).toBe(expected);
  });
});
