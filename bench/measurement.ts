/** One measurement: one workload through one system, with what its processes spent meanwhile. */
import { generateLoad } from './child-programs';
import type { LoadResult } from './load-generator';
import { usageOf } from './process-usage';
import { extProcCounters, type System } from './system';
import type { Workload } from './workloads';

const WARM_UP_MS = 500;

export interface Measurement {
  readonly system: string;
  readonly workload: string;
  readonly connections: number;
  readonly round: number;
  readonly load: LoadResult;
  /** Microseconds of CPU per request, by process. */
  readonly cpuMicrosPerRequest: Readonly<Record<string, number>>;
  /** Resident memory after the run, by process. */
  readonly residentMegabytes: Readonly<Record<string, number>>;
  /** ext_proc streams and messages per request; 0 for plain Envoy. */
  readonly extProcStreams: number;
  readonly extProcMessages: number;
}

export async function measure(
  system: System,
  workload: Workload,
  connections: number,
  round: number,
  seconds: number,
): Promise<Measurement> {
  const usage = (): Map<string, number> =>
    new Map(system.processes.map(({ name, pid }) => [name, usageOf(pid).cpuSeconds]));
  let before = usage();
  let after = before;
  const job = { origin: system.origin, workload, connections, warmUpMs: WARM_UP_MS, durationMs: seconds * 1000 };
  const countersBefore = await extProcCounters(system);
  const load = await generateLoad(
    job,
    () => (before = usage()),
    () => (after = usage()),
  );
  const countersAfter = await extProcCounters(system);
  const countedPerRequest = (name: string): number =>
    ((countersAfter.get(name) ?? 0) - (countersBefore.get(name) ?? 0)) / load.sent;
  return {
    system: system.name,
    workload: workload.id,
    connections,
    round,
    load,
    cpuMicrosPerRequest: Object.fromEntries(
      system.processes.map(({ name }) => [
        name,
        (((after.get(name) ?? NaN) - (before.get(name) ?? NaN)) * 1e6) / load.requests,
      ]),
    ),
    residentMegabytes: Object.fromEntries(
      system.processes.map(({ name, pid }) => [name, usageOf(pid).residentBytes / 1e6]),
    ),
    extProcStreams: countedPerRequest('streams_started'),
    extProcMessages: countedPerRequest('stream_msgs_sent'),
  };
}
