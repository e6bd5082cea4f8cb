import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { asObject, type JsonObject } from '../../json/read';
import type { ChatRequest, ReasoningWish, ResponseFormat } from '../../message';
import type { Warnings } from '../../warnings';
import { searchOptionsToTool } from '../openai-chat/web-search';
import { encodeInput } from './input-encoder';
import { encodeTool, encodeToolChoice } from './tools';

/** Fields of chat completions that this API spells alike. */
const SHARED_FIELDS = ['metadata', 'prompt_cache_key', 'prompt_cache_retention', 'safety_identifier'] as const;

/** The most that this API names. */
const LARGEST_EFFORT = 'xhigh';

/** A neutral request as a Responses body. */
export function encodeRequest(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  const tools = encodeTools(request, warnings);
  const hasTools = tools.length > 0;
  const { instructions, items } = encodeInput(request.messages, warnings);
  const reasoning = encodeReasoning(request.reasoning);
  warnDropped(request, warnings);
  return {
    model: context.upstreamModel,
    ...defined({ instructions }),
    input: items,
    ...defined({
      tools: hasTools ? tools : undefined,
      tool_choice: hasTools ? encodeToolChoice(request.toolChoice) : undefined,
      parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
      max_output_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      text: encodeText(request, warnings),
      reasoning,
      include: included(request, reasoning !== undefined),
      user: request.userId,
      service_tier: request.serviceTier,
      top_logprobs: request.topLogprobs,
      ...sharedFields(request.otherFields ?? {}, warnings),
    }),
    store: false,
    ...(context.stream ? { stream: true } : {}),
  };
}

function encodeTools({ tools, otherFields }: ChatRequest, warnings: Warnings): readonly JsonObject[] {
  const search = asObject(otherFields?.['web_search_options']);
  if (search === undefined) return tools.map(encodeTool);
  warnings.carried('web_search_options');
  return [...tools.map(encodeTool), searchOptionsToTool(search)];
}

/** Callers of other APIs hold the conversation themselves; reasoning then has to travel with it. */
function included({ logprobs }: ChatRequest, reasons: boolean): readonly string[] | undefined {
  const names = [
    ...(reasons ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === true ? ['message.output_text.logprobs'] : []),
  ];
  return names.length > 0 ? names : undefined;
}

function sharedFields(others: JsonObject, warnings: Warnings): JsonObject {
  const fields = SHARED_FIELDS.filter((field) => others[field] !== undefined);
  for (const field of fields) warnings.carried(field);
  for (const field of ['logprobs', 'top_logprobs']) warnings.carried(field);
  // The caller's own choice was about the other API's store; ours is said above.
  warnings.carried('store');
  return Object.fromEntries(fields.map((field) => [field, others[field]]));
}

function encodeText({ responseFormat, otherFields }: ChatRequest, warnings: Warnings): JsonObject | undefined {
  const verbosity = otherFields?.['verbosity'];
  if (verbosity !== undefined) warnings.carried('verbosity');
  if (responseFormat === undefined && verbosity === undefined) return undefined;
  return defined({ format: responseFormat === undefined ? undefined : encodeFormat(responseFormat), verbosity });
}

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type === 'json-object') return { type: 'json_object' };
  const { name = 'response', schema, strict } = format;
  return { type: 'json_schema', name, schema, ...defined({ strict }) };
}

/** An effort as it is, a budget as the effort it stands for. */
function encodeReasoning(wish: ReasoningWish | undefined): JsonObject | undefined {
  if (wish === undefined || wish.mode === 'disabled') return undefined;
  const { effort, budgetTokens } = wish;
  if (effort !== undefined) return { effort: effort === 'max' ? LARGEST_EFFORT : effort };
  if (budgetTokens === undefined) return { effort: 'high' };
  if (budgetTokens <= 1024) return { effort: 'low' };
  return { effort: budgetTokens <= 2048 ? 'medium' : 'high' };
}

function warnDropped(request: ChatRequest, warnings: Warnings): void {
  if (request.stopSequences.length > 0) warnings.dropped('stop');
  if (request.topK !== undefined) warnings.dropped('top_k');
  if ((request.choiceCount ?? 1) > 1) warnings.add('n was left out: the model gives one answer.');
  if (request.seed !== undefined) warnings.dropped('seed');
  if ((request.frequencyPenalty ?? 0) !== 0) warnings.dropped('frequency_penalty');
  if ((request.presencePenalty ?? 0) !== 0) warnings.dropped('presence_penalty');
}
