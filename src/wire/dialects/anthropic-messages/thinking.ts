import type { JsonObject } from '../../json/read';
import type { ReasoningWish } from '../../message';
import type { Warnings } from '../../warnings';
import { wordTable } from '../../words';

/** Smallest budget that the API accepts. */
const MIN_BUDGET_TOKENS = 1024;

const BUDGET_BY_EFFORT = wordTable<number>({
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
});

const EFFORT_WORDS = wordTable<string>({
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
});

export interface Thinking {
  readonly thinking?: JsonObject;
  /** output_config.effort */
  readonly effort?: string;
  readonly maxTokens: number;
}

/**
 * Turns a wish to think into what a Claude generation understands: nothing before 3.7, a token budget up to 4.5, an
 * effort after that. `maxTokens` was chosen by the caller, or by us (`chosenByUs`): then it grows with the budget,
 * because thinking counts against it and little would be left for the answer.
 */
export function planThinking(
  wish: ReasoningWish | undefined,
  model: string,
  limit: { readonly maxTokens: number; readonly chosenByUs: boolean },
  warnings: Warnings,
): Thinking {
  const none: Thinking = { maxTokens: limit.maxTokens };
  if (wish === undefined) return none;
  const version = claudeVersion(model);
  // The caller's own words for a Claude may say more than the neutral wish does (display).
  const spelled = wish.claude?.thinking;
  if (wish.mode === 'disabled' && spelled !== undefined && version >= 3.7) return { ...none, thinking: spelled };
  if (wish.mode === 'disabled' || wish.effort === 'none') return none;
  if (version < 3.7) {
    warnings.dropped('reasoning');
    return none;
  }
  if (version >= 4.6 && wish.budgetTokens === undefined) {
    const effort = EFFORT_WORDS[wish.effort ?? ''];
    return { ...none, thinking: { ...spelled, type: 'adaptive' }, ...(effort === undefined ? {} : { effort }) };
  }
  const wanted = wish.budgetTokens ?? BUDGET_BY_EFFORT[wish.effort ?? 'medium'] ?? MIN_BUDGET_TOKENS;
  const grows = limit.chosenByUs && wanted > limit.maxTokens / 2;
  const maxTokens = grows ? limit.maxTokens + wanted : limit.maxTokens;
  const budget = Math.min(wanted, maxTokens - 1);
  if (budget < MIN_BUDGET_TOKENS) {
    warnings.add('Reasoning was left out: its token budget must be smaller than max_tokens and at least 1024.');
    return none;
  }
  return { thinking: { ...spelled, type: 'enabled', budget_tokens: budget }, maxTokens };
}

/** `claude-3-7-sonnet-latest` is 3.7, `claude-opus-4-20250514` 4.0, `claude-sonnet-4-6` 4.6; unknown names count as 4.0. */
export function claudeVersion(model: string): number {
  const match = /claude-(?:[a-z]+-)?(\d)(?:[-.](\d{1,2}))?(?!\d)/.exec(model);
  return match === null ? 4 : Number(match[1]) + Number(match[2] ?? 0) / 10;
}
