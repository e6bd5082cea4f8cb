import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import type { JsonObject } from '../../json/read';
import type { ChatRequest, ReasoningWish } from '../../message';
import type { Warnings } from '../../warnings';
import { continuesUnsignedToolUse } from '../anthropic-messages/request-encoder';
import { claudeVersion, planThinking } from '../anthropic-messages/thinking';
import type { ModelFamily } from './model-family';

/** Generations that think only when told to, and can be told not to. */
const FIRST_THINKING_CLAUDE = 3.7;
const FIRST_ADAPTIVE_CLAUDE = 4.6;

export interface ReasoningPlan {
  /** For additionalModelRequestFields. */
  readonly fields: JsonObject;
  /** Claude will think: some other wishes must go. */
  readonly thinks: boolean;
}

/** The wish to reason in the words of the model's family; what a family cannot do is left out with a warning. */
export function planReasoning(
  request: ChatRequest,
  context: TranslateContext,
  family: ModelFamily,
  warnings: Warnings,
): ReasoningPlan {
  const wish = request.reasoning;
  const isOff = wish?.mode === 'disabled' || wish?.effort === 'none';
  if (wish === undefined) return { fields: {}, thinks: false };
  if (family.reasoning === 'thinking') return claudeReasoning(request, wish, context, warnings);
  if (isOff) return { fields: {}, thinks: false };
  const effort = plainEffort(wish);
  switch (family.reasoning) {
    case 'reasoning_effort':
      return { fields: { reasoning_effort: effort }, thinks: false };
    case 'reasoningConfig':
      return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }, thinks: false };
    case 'none':
      warnings.dropped('reasoning');
      return { fields: {}, thinks: false };
  }
}

function claudeReasoning(
  request: ChatRequest,
  wish: ReasoningWish,
  context: TranslateContext,
  warnings: Warnings,
): ReasoningPlan {
  const thinking = claudeThinking(request, wish, context, warnings);
  const type = thinking.thinking?.['type'];
  const isThinking = type !== undefined && type !== 'disabled';
  if (isThinking && continuesUnsignedToolUse(request.messages)) {
    warnings.add('Reasoning was left out for this turn: the tool calls it continues came without signed reasoning.');
    return { fields: {}, thinks: false };
  }
  const { effort } = thinking;
  return {
    fields: defined({
      thinking: thinking.thinking,
      output_config: effort === undefined ? undefined : { effort },
    }),
    thinks: isThinking,
  };
}

function claudeThinking(
  request: ChatRequest,
  wish: ReasoningWish,
  context: TranslateContext,
  warnings: Warnings,
): { readonly thinking?: JsonObject; readonly effort?: string } {
  // The caller's own words for a Claude need no interpretation.
  if (wish.claude !== undefined) return wish.claude;
  const version = claudeVersion(context.upstreamModel);
  if (wish.mode === 'disabled' || wish.effort === 'none') {
    const mustBeTold = version >= FIRST_THINKING_CLAUDE && version < FIRST_ADAPTIVE_CLAUDE;
    return mustBeTold ? { thinking: { type: 'disabled' } } : {};
  }
  // Without a limit the API allows the model's whole length, and any budget fits.
  const limit = { maxTokens: request.maxOutputTokens ?? Infinity, chosenByUs: false };
  const { thinking, effort } = planThinking(wish, context.upstreamModel, limit, warnings);
  return defined({ thinking, effort });
}

/** The three efforts that every host of open models knows. */
function plainEffort({ effort, budgetTokens }: ReasoningWish): 'low' | 'medium' | 'high' {
  if (effort === undefined && budgetTokens !== undefined) {
    if (budgetTokens <= 1024) return 'low';
    return budgetTokens <= 2048 ? 'medium' : 'high';
  }
  if (effort === 'minimal' || effort === 'low') return 'low';
  return effort === 'medium' ? 'medium' : 'high';
}
