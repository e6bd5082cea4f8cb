/** Measurements in, a table for people and a JSON file for scripts out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Machine } from './machine';
import type { Measurement } from './measurement';
import { median } from './statistics';
import { WORKLOADS } from './workloads';

const RESULTS = resolve(__dirname, '..', '..', 'bench', 'results');

/** One workload at one number of connections: medians over rounds, Outerloop beside plain Envoy. */
export interface Row {
  readonly workload: string;
  readonly connections: number;
  readonly floorCpuMicros: number;
  readonly envoyCpuMicros: number;
  readonly sidecarCpuMicros: number;
  /** (Envoy + sidecar) ÷ plain Envoy. */
  readonly cpuRatio: number;
  readonly floorPerSecond: number;
  readonly perSecond: number;
  readonly floorP50Ms: number;
  readonly floorP99Ms: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Medians of the differences within a round. */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly addedFirstByteP50Ms: number;
  readonly extProcStreams: number;
  readonly extProcMessages: number;
  readonly envoyMegabytes: number;
  readonly sidecarMegabytes: number;
  readonly failures: number;
}

export function summarise(measurements: readonly Measurement[]): Row[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const key = `${measurement.workload} ${measurement.connections}`;
    groups.set(key, [...(groups.get(key) ?? []), measurement]);
  }
  return [...groups.values()].map(rowOf);
}

function rowOf(group: readonly Measurement[]): Row {
  const floor = group.filter((each) => each.system === 'plain Envoy');
  const ours = group.filter((each) => each.system === 'Outerloop');
  const middle = (of: readonly Measurement[], value: (each: Measurement) => number): number => median(of.map(value));
  const added = (value: (each: Measurement) => number): number =>
    median(ours.map((each, index) => value(each) - value(floor[index] ?? each)));
  const floorCpuMicros = middle(floor, (each) => each.cpuMicrosPerRequest['envoy'] ?? NaN);
  const envoyCpuMicros = middle(ours, (each) => each.cpuMicrosPerRequest['envoy'] ?? NaN);
  const sidecarCpuMicros = middle(ours, (each) => each.cpuMicrosPerRequest['sidecar'] ?? NaN);
  return {
    workload: group[0]?.workload ?? '',
    connections: group[0]?.connections ?? 0,
    floorCpuMicros,
    envoyCpuMicros,
    sidecarCpuMicros,
    cpuRatio: (envoyCpuMicros + sidecarCpuMicros) / floorCpuMicros,
    floorPerSecond: middle(floor, ({ load }) => load.requests / load.seconds),
    perSecond: middle(ours, ({ load }) => load.requests / load.seconds),
    floorP50Ms: middle(floor, ({ load }) => load.p50Ms),
    floorP99Ms: middle(floor, ({ load }) => load.p99Ms),
    p50Ms: middle(ours, ({ load }) => load.p50Ms),
    p99Ms: middle(ours, ({ load }) => load.p99Ms),
    addedP50Ms: added(({ load }) => load.p50Ms),
    addedP99Ms: added(({ load }) => load.p99Ms),
    addedFirstByteP50Ms: added(({ load }) => load.firstByteP50Ms),
    extProcStreams: middle(ours, (each) => each.extProcStreams),
    extProcMessages: middle(ours, (each) => each.extProcMessages),
    envoyMegabytes: middle(ours, (each) => each.residentMegabytes['envoy'] ?? NaN),
    sidecarMegabytes: middle(ours, (each) => each.residentMegabytes['sidecar'] ?? NaN),
    failures: group.reduce((sum, { load }) => sum + load.failures, 0),
  };
}

const COLUMNS: readonly { readonly title: string; readonly value: (row: Row) => string }[] = [
  { title: 'load', value: (row) => `${row.workload} c=${row.connections}` },
  { title: 'plain Envoy µs', value: (row) => row.floorCpuMicros.toFixed(0) },
  { title: 'Envoy µs', value: (row) => row.envoyCpuMicros.toFixed(0) },
  { title: 'sidecar µs', value: (row) => row.sidecarCpuMicros.toFixed(0) },
  { title: 'ratio', value: (row) => row.cpuRatio.toFixed(1) },
  { title: 'req/s', value: (row) => `${row.perSecond.toFixed(0)} of ${row.floorPerSecond.toFixed(0)}` },
  { title: 'p50 ms', value: (row) => row.p50Ms.toFixed(2) },
  { title: 'added p50', value: (row) => row.addedP50Ms.toFixed(2) },
  { title: 'added p99', value: (row) => row.addedP99Ms.toFixed(2) },
  { title: 'added first byte', value: (row) => row.addedFirstByteP50Ms.toFixed(2) },
  { title: 'streams', value: (row) => row.extProcStreams.toFixed(2) },
  { title: 'messages', value: (row) => row.extProcMessages.toFixed(2) },
  { title: 'MB Envoy', value: (row) => row.envoyMegabytes.toFixed(0) },
  { title: 'MB sidecar', value: (row) => row.sidecarMegabytes.toFixed(0) },
  { title: 'failed', value: (row) => String(row.failures) },
];

/** A Markdown table with what the loads are and where it was measured. */
export function tableOf(rows: readonly Row[], machine: Machine): string {
  const cells = [COLUMNS.map(({ title }) => title), ...rows.map((row) => COLUMNS.map(({ value }) => value(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join(' | ')} |`,
  );
  lines.splice(1, 0, `|${widths.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`);
  const used = new Set(rows.map((row) => row.workload));
  const loads = WORKLOADS.filter(({ id }) => used.has(id)).map(({ id, title }) => `${id}: ${title}`);
  return [
    `Measured ${machine.date}: ${machine.processor}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}, Envoy ${machine.envoy} with ${machine.envoyWorkers} workers.`,
    'CPU is user + system time per request; added: difference to plain Envoy in the same round; streams, messages: ext_proc streams and messages to the sidecar per request.',
    loads.join('; ') + '.',
    '',
    ...lines,
    '',
  ].join('\n');
}

/** Writes bench/results/NAME.json and NAME.md. */
export function writeResults(name: string, values: object, text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(values, (_, value: unknown) => rounded(value), 1)}\n`);
  writeFileSync(join(RESULTS, `${name}.md`), text);
  console.log(`written: bench/results/${name}.json and ${name}.md`);
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
