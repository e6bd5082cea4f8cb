import { defined } from '../../defined';
import { asBoolean, asFilled, asNumber, asObject, type JsonObject } from '../../json/read';
import type { ReasoningWish } from '../../message';
import type { Warnings } from '../../warnings';
import { thinksInLevels, type Generation } from './generation';
import { member } from './member';
import { wordTable } from '../../words';

const BUDGET_BY_EFFORT = wordTable<number>({
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
});

/** Largest budgets that still mean a low or medium effort. */
const LOW_BUDGET = 1024;
const MEDIUM_BUDGET = 2048;

/** A budget that Gemini chooses itself. */
const DYNAMIC_BUDGET = -1;

/** A wish to think as `thinkingConfig`: a budget of tokens up to 2.5 (and for unknown names), a level from 3 on. */
export function encodeThinking(
  wish: ReasoningWish | undefined,
  generation: Generation,
  warnings: Warnings,
): JsonObject | undefined {
  if (wish === undefined) return undefined;
  if (wish.mode === 'disabled' || wish.effort === 'none') return withoutThinking(generation, warnings);
  const includeThoughts = asBoolean(member(wish.claude?.thinking, 'includeThoughts')) ?? true;
  if (thinksInLevels(generation)) {
    return { ...defined({ thinkingLevel: levelOf(wish, generation) }), includeThoughts };
  }
  return { thinkingBudget: budgetOf(wish), includeThoughts };
}

/** Pro models always think. */
function withoutThinking(generation: Generation, warnings: Warnings): JsonObject | undefined {
  if (generation.isPro && (generation.version ?? 0) >= 2.5) {
    warnings.add('Reasoning was not switched off: the model cannot do without.');
    return undefined;
  }
  return thinksInLevels(generation) ? { thinkingLevel: 'minimal' } : { thinkingBudget: 0 };
}

function budgetOf({ budgetTokens, effort, mode }: ReasoningWish): number {
  if (budgetTokens !== undefined) return budgetTokens;
  const budget = BUDGET_BY_EFFORT[effort ?? ''];
  return budget ?? (mode === undefined ? MEDIUM_BUDGET : DYNAMIC_BUDGET);
}

/** Undefined leaves the depth to the model. */
function levelOf({ budgetTokens, effort }: ReasoningWish, generation: Generation): string | undefined {
  const word = effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens));
  switch (word) {
    case undefined:
      return undefined;
    case 'minimal':
    case 'low':
      return 'low';
    case 'medium':
      // Gemini 3 Pro knows low and high only.
      return generation.isPro && generation.version === 3 ? 'high' : 'medium';
    default:
      return 'high';
  }
}

function effortOfBudget(budgetTokens: number): string {
  if (budgetTokens <= LOW_BUDGET) return 'low';
  return budgetTokens <= MEDIUM_BUDGET ? 'medium' : 'high';
}

/** `thinkingConfig` of a Gemini client. */
export function decodeThinking(value: unknown): ReasoningWish | undefined {
  const config = asObject(value);
  const budget = asNumber(member(config, 'thinkingBudget'));
  const level = asFilled(member(config, 'thinkingLevel'))?.toLowerCase();
  if (budget === 0) return { mode: 'disabled' };
  if (budget !== undefined && budget > 0) return { mode: 'enabled', budgetTokens: budget };
  if (level !== undefined && level !== 'thinking_level_unspecified') return { effort: level };
  if (budget === DYNAMIC_BUDGET) return { mode: 'adaptive' };
  return member(config, 'includeThoughts') === true ? { mode: 'adaptive' } : undefined;
}
