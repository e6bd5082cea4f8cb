/** What processes cost, read from /proc: CPU time and memory, children included. Linux only; elsewhere everything is NaN. */
import { readFileSync, readdirSync } from 'node:fs';

/** The unit of CPU time in /proc/PID/stat is fixed at 1/100 s for user space (USER_HZ), whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

/** Resident memory is counted in pages: 4 KiB on the machines that this runs on (x86-64 and most arm64 systems). */
const PAGE_BYTES = 4096;

export interface Usage {
  /** User and system time since the processes started. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Usage of a process and of everything that it started, added up. */
export function usageOf(rootPid: number): Usage {
  if (process.platform !== 'linux') return { cpuSeconds: NaN, residentBytes: NaN };
  let cpuSeconds = 0;
  let residentBytes = 0;
  for (const pid of withDescendants(rootPid)) {
    const stat = readStat(pid);
    cpuSeconds += stat?.cpuSeconds ?? 0;
    residentBytes += stat?.residentBytes ?? 0;
  }
  return { cpuSeconds, residentBytes };
}

interface Stat extends Usage {
  readonly parent: number;
}

/** Fields of proc(5) after the command name, which may itself contain spaces and brackets. */
export function parseStat(text: string): Stat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, userTicks, systemTicks, residentPages] = [1, 11, 12, 21].map((index) => Number(fields[index]));
  if (parent === undefined || userTicks === undefined || systemTicks === undefined || residentPages === undefined)
    return undefined;
  return {
    parent,
    cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND,
    residentBytes: residentPages * PAGE_BYTES,
  };
}

function readStat(pid: number): Stat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined; // ended meanwhile
  }
}

function withDescendants(rootPid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const parent = Number.isInteger(pid) ? readStat(pid)?.parent : undefined;
    if (parent !== undefined) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  }
  const found = [rootPid];
  for (let index = 0; index < found.length; index += 1) found.push(...(childrenOf.get(found[index] ?? 0) ?? []));
  return found;
}
