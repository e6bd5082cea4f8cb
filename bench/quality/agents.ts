/**
 * `npm run bench:quality`: how well and how fast the embedded encoder chooses agents.
 *
 * Without arguments it measures the small set of `data/`, which was written for this project. Larger public sets are not
 * part of the repository: pass them as arguments.
 */
import { parseArgs } from 'node:util';
import { createOnnxEncoder } from '../../src/ports/adapters/encoder-onnx';
import type { Encoder } from '../../src/ports/encoder';
import { measureLatency, measureOverload, type Latency, type Overload } from './choice-latency';
import { measureChoices, type ChoiceQuality } from './choice-quality';
import { joinedPairs, ownSet, readSet } from './question-sets';

const USAGE = `npm run bench:quality -- [options]
  --set AGENTS.json#NAME=QUESTIONS.jsonl   another question set; may be repeated
  --pairs N                                joins N pairs of questions of each such set as well
  --mistakes                               prints every wrong choice
  --no-latency                             quality only`;

const PAIRS_SEED = 5;
const OVERLOAD_REQUESTS = 1_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      set: { type: 'string', multiple: true, default: [] },
      pairs: { type: 'string', default: '0' },
      mistakes: { type: 'boolean', default: false },
      'no-latency': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const given = values.set.map(readSet);
  const pairs = Number(values.pairs);
  const joined = pairs > 0 ? given.map((set) => joinedPairs(set, pairs, PAIRS_SEED)) : [];
  const encoder = createOnnxEncoder();
  try {
    await encoder.ready();
    const rows: ChoiceQuality[] = [];
    for (const set of [ownSet(), ...given, ...joined]) rows.push(await measureChoices(set, encoder, values.mistakes));
    console.log(qualityTable(rows));
    if (!values['no-latency']) await printLatency(encoder);
  } finally {
    await encoder.close();
  }
}

async function printLatency(encoder: Encoder): Promise<void> {
  console.log(`\n${latencyTable(await measureLatency(encoder))}`);
  console.log(`\n${overloadSentence(await measureOverload(encoder, OVERLOAD_REQUESTS))}`);
}

function qualityTable(rows: readonly ChoiceQuality[]): string {
  return table(
    ['set', 'agents', 'requests', 'exact list', 'first right', 'several for one', 'missed', 'out of scope', 'rejected'],
    rows.map((row) => [
      row.set,
      String(row.agents),
      String(row.inScope),
      percent(row.exact),
      percent(row.first),
      percent(row.spurious),
      percent(row.missed),
      String(row.outOfScope),
      percent(row.rejected),
    ]),
  );
}

function latencyTable(rows: readonly Latency[]): string {
  return table(
    ['case', 'p50 ms', 'p99 ms'],
    rows.map((row) => [row.case, row.p50Ms.toFixed(1), row.p99Ms.toFixed(1)]),
  );
}

function overloadSentence(overload: Overload): string {
  return (
    `${overload.requests} requests at once: ${overload.byEncoder} decided by the encoder, ${overload.byDefault} sent to ` +
    `the default agent at once; all answered after ${overload.longestMs.toFixed(0)} ms, event loop delay p99 ` +
    `${overload.eventLoopDelayP99Ms.toFixed(1)} ms.`
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${(value * 100).toFixed(1)} %`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 1;
});
