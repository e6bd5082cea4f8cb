import type { FailureId } from './failures';
import type { Leak } from './stand-in';

/**
 * survived: the next candidate answered · not asked for: the policy does not lead on after this failure · no attempt left:
 * max_attempts or max_retries end the list here · told: all failed, and the caller got an error · failed: none of these.
 */
export type DrillOutcome = 'survived' | 'not asked for' | 'no attempt left' | 'told' | 'failed';

/** One failure at the first `failing` places of a chain. */
export interface DrillResult {
  readonly chain: string;
  readonly failure: FailureId;
  /** Who failed, one name per place. */
  readonly failing: readonly string[];
  readonly outcome: DrillOutcome;
  /** Name of the model entry that answered; null when nobody did. */
  readonly answeredBy: string | null;
  readonly status: number | null;
  readonly milliseconds: number;
  /** What went wrong; only with `failed`. */
  readonly problem?: string;
}

export interface DrillReport {
  readonly passed: boolean;
  readonly chains: readonly { readonly name: string; readonly places: readonly string[]; readonly attempts: number }[];
  readonly results: readonly DrillResult[];
  readonly leaks: readonly Leak[];
}

export function makeReport(report: Omit<DrillReport, 'passed'>): DrillReport {
  return {
    passed: report.leaks.length === 0 && report.results.every(({ outcome }) => outcome !== 'failed'),
    ...report,
  };
}
