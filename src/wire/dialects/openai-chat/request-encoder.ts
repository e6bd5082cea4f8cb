import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { RawJson } from '../../json/raw';
import type { JsonObject } from '../../json/read';
import type { ChatRequest, ReasoningWish, ResponseFormat, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { encodeMessages } from './history-encoder';
import { openaiFields } from './openai-fields';

/** OpenAI's own models, which renamed max_tokens; open-weight models of the same family run on hosts that kept it. */
const OPENAI_MODEL = /^(?:openai\/)?(?:gpt-(?!oss)|chatgpt-|o\d)/;

/** Families that refuse reasoning_effort; others ignore it or use it. */
const NEVER_REASONS = /^(?:openai\/)?(?:gpt-3|gpt-4|chatgpt-4)/;

/** OpenAI-compatible hosts of Claude understand cache_control; others refuse unknown fields. */
const UNDERSTANDS_CACHE_HINTS = /claude/i;

const EMPTY_PARAMETERS = new RawJson('{"type":"object","properties":{}}');

/** A neutral request as a chat completions body. */
export function encodeRequest(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  const model = context.upstreamModel;
  const keepsCache = UNDERSTANDS_CACHE_HINTS.test(model);
  const hasTools = request.tools.length > 0;
  if (request.topK !== undefined) warnings.dropped('top_k');
  for (const field of ['logprobs', 'top_logprobs']) warnings.carried(field);
  return {
    model,
    messages: encodeMessages(request.messages, keepsCache, warnings),
    ...defined({
      tools: hasTools ? request.tools.map((tool) => encodeTool(tool, keepsCache)) : undefined,
      tool_choice: hasTools ? encodeToolChoice(request.toolChoice) : undefined,
      parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
      [OPENAI_MODEL.test(model) ? 'max_completion_tokens' : 'max_tokens']: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      stop: request.stopSequences.length > 0 ? request.stopSequences : undefined,
      n: request.choiceCount,
      seed: request.seed,
      frequency_penalty: request.frequencyPenalty,
      presence_penalty: request.presencePenalty,
      logprobs: request.logprobs,
      top_logprobs: request.topLogprobs,
      response_format: encodeFormat(request.responseFormat),
      reasoning_effort: encodeReasoning(request.reasoning, model, warnings),
      user: request.userId,
      service_tier: request.serviceTier,
      ...(OPENAI_MODEL.test(model) ? openaiFields(request, warnings) : {}),
      // Clients of other APIs always get usage; here it has to be asked for.
      ...(context.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    }),
  };
}

function encodeTool(tool: ToolDefinition, keepsCache: boolean): JsonObject {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...defined({ description: tool.description }),
      parameters: tool.parameters ?? EMPTY_PARAMETERS,
      ...defined({ strict: tool.strict }),
    },
    ...(keepsCache && tool.cache !== undefined ? { cache_control: tool.cache } : {}),
  };
}

function encodeToolChoice(choice: ChatRequest['toolChoice']): unknown {
  return choice?.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice?.type;
}

function encodeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined) return undefined;
  if (format.type === 'json-object') return { type: 'json_object' };
  return {
    type: 'json_schema',
    json_schema: {
      name: format.name ?? 'response',
      schema: format.schema,
      strict: format.strict ?? acceptsStrict(JSON.parse(format.schema.text)),
    },
  };
}

/** Strict mode demands that every object closes itself and requires all its properties. */
function acceptsStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(acceptsStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { properties, required, additionalProperties, ...rest } = schema as Record<string, unknown>;
  if (typeof properties === 'object' && properties !== null) {
    const names = Array.isArray(required) ? required : [];
    const isClosed = additionalProperties === false && Object.keys(properties).every((name) => names.includes(name));
    if (!isClosed || !Object.values(properties).every(acceptsStrict)) return false;
  } else if (rest['type'] === 'object') return false;
  return Object.values(rest).every(acceptsStrict);
}

/** An effort as it is, a budget as the effort it stands for. */
function encodeReasoning(wish: ReasoningWish | undefined, model: string, warnings: Warnings): string | undefined {
  if (wish === undefined || wish.mode === 'disabled') return undefined;
  if (NEVER_REASONS.test(model)) {
    warnings.dropped('thinking');
    return undefined;
  }
  if (wish.effort !== undefined) return wish.effort === 'max' ? 'xhigh' : wish.effort;
  if (wish.budgetTokens === undefined) return 'high';
  if (wish.budgetTokens <= 1024) return 'low';
  return wish.budgetTokens <= 2048 ? 'medium' : 'high';
}
