/** How long a choice takes alone, and what happens when more requests come than the encoder can serve. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createAgentChooser, type AgentChooser } from '../../src/decide/agents';
import type { Encoder } from '../../src/ports/encoder';
import { ownSet } from './question-sets';

export interface Latency {
  readonly case: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Overload {
  readonly requests: number;
  readonly byEncoder: number;
  readonly byDefault: number;
  readonly longestMs: number;
  readonly eventLoopDelayP99Ms: number;
}

/** Words that are one token each; the number in front makes every text new to the cache. */
const FILLER =
  'with a good view of the old town near the main station for two people on the first day of the month'.split(' ');
/** Tokens of the longest opening, the number and the two special tokens. */
const OWN_TOKENS = 7;
const ROUNDS = 200;

/** A request of about `tokens` tokens. */
function request(opening: string, tokens: number, number: number): string {
  const filler = Array.from({ length: tokens - OWN_TOKENS }, (_, index) => FILLER[(index + number) % FILLER.length]);
  return `${opening} ${number} ${filler.join(' ')}`;
}

export async function measureLatency(encoder: Encoder): Promise<Latency[]> {
  const chooser = await createAgentChooser({ agents: ownSet().agents, encoder });
  const cases: readonly [string, (number: number) => string][] = [
    ['one clause, 64 tokens', (number) => request('find me a room', 64, number)],
    [
      'three clauses, 64 tokens together',
      (number) =>
        [
          request('find me a flight', 21, number),
          request('check the weather', 21, number),
          request('book a hotel', 21, number),
        ].join(' and then '),
    ],
    [
      'three clauses of 64 tokens each',
      (number) =>
        [
          request('find me a flight', 64, number),
          request('check the weather', 64, number),
          request('book a hotel', 64, number),
        ].join(' and then '),
    ],
  ];
  const rows: Latency[] = [];
  for (const [name, text] of cases) {
    const times: number[] = [];
    for (let number = 0; number < ROUNDS; number++) {
      const start = performance.now();
      await choose(chooser, text(number));
      times.push(performance.now() - start);
    }
    rows.push({ case: name, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) });
  }
  return rows;
}

/** `requests` at once, each of one clause. */
export async function measureOverload(encoder: Encoder, requests: number): Promise<Overload> {
  const chooser = await createAgentChooser({ agents: ownSet().agents, encoder });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const decisions = await Promise.all(
    Array.from({ length: requests }, (_, number) => choose(chooser, request('find me a room', 32, 10_000 + number))),
  );
  const longestMs = performance.now() - start;
  delay.disable();
  const byDefault = decisions.filter(({ decidedBy }) => decidedBy === 'default').length;
  return {
    requests,
    byEncoder: requests - byDefault,
    byDefault,
    longestMs,
    eventLoopDelayP99Ms: delay.percentile(99) / 1e6,
  };
}

function choose(chooser: AgentChooser, text: string): ReturnType<AgentChooser['choose']> {
  return chooser.choose([{ role: 'user', text }]);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? Number.NaN;
}
