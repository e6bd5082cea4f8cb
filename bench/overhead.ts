/**
 * `npm run bench`: what Outerloop costs beside plain Envoy. Both are measured in turns (A, B, A, B, …), so that a busy
 * machine hits both alike; CPU per request is the figure to trust, latencies only beside each other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startMockUpstream } from './child-programs';
import { withCleanUp } from './clean-up';
import { describeMachine } from './machine';
import { measure, type Measurement } from './measurement';
import { startOuterloop } from './outerloop-system';
import { startPlainEnvoy } from './plain-envoy-system';
import { summarise, tableOf, writeResults } from './report';
import type { System } from './system';
import { WORKLOADS, type Workload } from './workloads';

interface Options {
  readonly workloads: readonly Workload[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
}

const USAGE = `npm run bench -- [options]
  --workloads W1,W2      which ones (default: ${WORKLOADS.map((workload) => workload.id).join(',')})
  --connections 1,8,32   closed loops side by side
  --rounds 3             how often each pair is measured
  --seconds 3            per measurement
  --quick                one round of one second`;

async function run(options: Options): Promise<void> {
  await withCleanUp(async (undo) => {
    const folder = mkdtempSync(join(tmpdir(), 'outerloop-bench-'));
    undo(() => rmSync(folder, { recursive: true }));
    const mock = await startMockUpstream();
    undo(mock.stop);
    const outerloop = await startOuterloop({ upstreamPort: mock.port, folder });
    undo(outerloop.stop);
    const { envoyBinary: binary, envoyConcurrency: concurrency } = outerloop;
    const floor = await startPlainEnvoy({ binary, concurrency, upstreamPort: mock.port, folder });
    undo(floor.stop);

    const measurements = await measureAll(floor, outerloop, options);
    const machine = describeMachine(binary, concurrency);
    const rows = summarise(measurements);
    const table = tableOf(rows, machine);
    console.log(`\n${table}`);
    const { rounds, seconds } = options;
    writeResults('overhead', { machine, options: { rounds, seconds }, rows, measurements }, table);
    process.exitCode = measurements.some(({ load }) => load.failures > 0) ? 1 : 0;
  });
}

/** A, B, A, B, …: floor and Outerloop take turns within each load. */
async function measureAll(floor: System, outerloop: System, options: Options): Promise<Measurement[]> {
  const rounds = Array.from({ length: options.rounds }, (_, index) => index + 1);
  const loads = rounds.flatMap((round) =>
    options.workloads.flatMap((workload) =>
      options.connections.map((connections) => ({ round, workload, connections })),
    ),
  );
  const measurements: Measurement[] = [];
  for (const { round, workload, connections } of loads) {
    for (const system of [floor, outerloop]) {
      const measurement = await measure(system, workload, connections, round, options.seconds);
      measurements.push(measurement);
      console.log(progressLine(measurement, options.rounds));
    }
  }
  return measurements;
}

function progressLine({ round, workload, connections, system, load }: Measurement, rounds: number): string {
  const failures = load.failures === 0 ? '' : `, ${load.failures} FAILED (${load.firstFailure})`;
  return `round ${round}/${rounds}  ${workload} c=${connections}  ${system}: ${load.requests} requests, p50 ${load.p50Ms.toFixed(2)} ms${failures}`;
}

function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: { workloads: text, connections: text, rounds: text, seconds: text, quick: flag, help: flag },
  });
  if (values.help === true) return undefined;
  const ids = values.workloads?.split(',') ?? WORKLOADS.map((workload) => workload.id);
  const workloads = WORKLOADS.filter((workload) => ids.includes(workload.id));
  if (workloads.length !== ids.length) throw new Error(`unknown workload in ${ids.join(',')}\n${USAGE}`);
  const quick = values.quick === true;
  return {
    workloads,
    connections: (values.connections ?? '1,8,32').split(',').map(Number),
    rounds: Number(values.rounds ?? (quick ? 1 : 3)),
    seconds: Number(values.seconds ?? (quick ? 1 : 3)),
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) console.log(USAGE);
  else await run(options);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
