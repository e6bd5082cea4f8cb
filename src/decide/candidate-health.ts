/**
 * Which candidates had better rest: those that asked to be left alone for a while, and those that failed many times in a
 * row. Resting only moves a candidate to the end of a list. Memory of one sidecar; time is handed in.
 */
import { restAskedMs, type AnswerNote } from './rate-limits';

export interface CandidateHealth {
  /** Status and headers of an answer, whatever became of it. Returns the milliseconds that the candidate rests from now. */
  answered(candidate: string, answer: AnswerNote, nowMs: number): number;
  /** No answer: refused, reset, silent, or an error in the place of a stream. Returns like `answered`. */
  failed(candidate: string, nowMs: number): number;
  isResting(candidate: string, nowMs: number): boolean;
}

interface Entry {
  readonly failures: number;
  readonly restsUntilMs: number;
}

/** Many, because single failures are what the next candidate is for. */
const FAILURES_IN_A_ROW = 20;
const FIRST_REST_MS = 10_000;
const LONGEST_EJECTION_MS = 60_000;

/** Candidates are configured models, but wildcards let callers name any number. */
const MOST_ENTRIES = 1000;

const HEALTHY: Entry = { failures: 0, restsUntilMs: 0 };

export function createCandidateHealth(): CandidateHealth {
  return new RememberedHealth();
}

class RememberedHealth implements CandidateHealth {
  /** In order of the latest report, oldest first. Healthy candidates are not kept. */
  private readonly entries = new Map<string, Entry>();

  answered(candidate: string, answer: AnswerNote, nowMs: number): number {
    const restMs = restAskedMs(answer, nowMs);
    const before = this.entries.get(candidate) ?? HEALTHY;
    const entry = answer.status >= 500 ? afterFailure(before, nowMs) : { ...before, failures: 0 };
    return this.keep(candidate, { ...entry, restsUntilMs: Math.max(entry.restsUntilMs, nowMs + restMs) }, nowMs);
  }

  failed(candidate: string, nowMs: number): number {
    return this.keep(candidate, afterFailure(this.entries.get(candidate) ?? HEALTHY, nowMs), nowMs);
  }

  isResting(candidate: string, nowMs: number): boolean {
    return (this.entries.get(candidate) ?? HEALTHY).restsUntilMs > nowMs;
  }

  private keep(candidate: string, entry: Entry, nowMs: number): number {
    const restMs = Math.max(0, entry.restsUntilMs - nowMs);
    this.entries.delete(candidate);
    if (entry.failures > 0 || restMs > 0) this.entries.set(candidate, entry);
    if (this.entries.size > MOST_ENTRIES) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    return restMs;
  }
}

/** Every further failure after a rest doubles the next one, until an answer comes. */
function afterFailure(entry: Entry, nowMs: number): Entry {
  const failures = entry.failures + 1;
  if (failures < FAILURES_IN_A_ROW) return { ...entry, failures };
  const restMs = Math.min(FIRST_REST_MS * 2 ** (failures - FAILURES_IN_A_ROW), LONGEST_EJECTION_MS);
  return { failures, restsUntilMs: Math.max(entry.restsUntilMs, nowMs + restMs) };
}
