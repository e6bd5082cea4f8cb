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
  /** In a row. */
  readonly failures: number;
  /** When the first of them was; 0: there is none. */
  readonly failingSinceMs: number;
  readonly restsUntilMs: number;
  /** How often it was sent to rest for failing, less one; absent: never. */
  readonly ejections?: number;
}

/** Both must be reached: single failures are what the next candidate is for, and a burst of them says little. */
const FAILURES_IN_A_ROW = 20;
const FAILING_FOR_MS = 10_000;

const FIRST_REST_MS = 10_000;
const LONGEST_EJECTION_MS = 60_000;

/** Candidates are configured models, but wildcards let callers name any number. */
const MOST_ENTRIES = 1000;

const HEALTHY: Entry = { failures: 0, failingSinceMs: 0, restsUntilMs: 0 };

export function createCandidateHealth(): CandidateHealth {
  return new RememberedHealth();
}

class RememberedHealth implements CandidateHealth {
  /** In order of the latest report, oldest first. Healthy candidates are not kept. */
  private readonly entries = new Map<string, Entry>();

  answered(candidate: string, answer: AnswerNote, nowMs: number): number {
    const restMs = restAskedMs(answer, nowMs);
    const before = this.entries.get(candidate) ?? HEALTHY;
    const entry =
      answer.status >= 500 ? afterFailure(before, nowMs) : { ...HEALTHY, restsUntilMs: before.restsUntilMs };
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

/** Every failure after a rest starts one that is twice as long, until an answer comes. */
function afterFailure(entry: Entry, nowMs: number): Entry {
  const failures = entry.failures + 1;
  const failingSinceMs = entry.failures === 0 ? nowMs : entry.failingSinceMs;
  if (failures < FAILURES_IN_A_ROW || nowMs - failingSinceMs < FAILING_FOR_MS) {
    return { ...entry, failures, failingSinceMs };
  }
  const doubled = entry.ejections === undefined ? 0 : entry.ejections + 1;
  // Failures of requests that were under way when the rest began do not make it longer.
  if (entry.restsUntilMs > nowMs) return { ...entry, failures, failingSinceMs };
  const restMs = Math.min(FIRST_REST_MS * 2 ** doubled, LONGEST_EJECTION_MS);
  return { failures, failingSinceMs, ejections: doubled, restsUntilMs: nowMs + restMs };
}
