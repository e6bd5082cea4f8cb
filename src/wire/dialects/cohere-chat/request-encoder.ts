import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { RawJson } from '../../json/raw';
import type { JsonObject } from '../../json/read';
import type { ChatRequest, ReasoningWish, ResponseFormat, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { encodeMessages } from './history-encoder';
import { wordTable } from '../../words';

/** Fields of this API's own that callers of other APIs add. */
const OWN_FIELDS = ['documents', 'citation_options', 'safety_mode', 'strict_tools', 'priority'] as const;

const BUDGET_BY_EFFORT = wordTable<number>({
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
});

const EMPTY_PARAMETERS = new RawJson('{"type":"object","properties":{}}');

/** A neutral request for Cohere's chat, version 2: https://docs.cohere.com/reference/chat */
export function encodeRequest(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  warnDropped(request, warnings);
  if (request.logprobs === true) warnings.carried('logprobs');
  return {
    model: context.upstreamModel,
    messages: encodeMessages(request.messages, warnings),
    ...encodeTools(request),
    ...defined({
      max_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      p: request.topP,
      k: request.topK,
      stop_sequences: request.stopSequences.length > 0 ? request.stopSequences : undefined,
      seed: request.seed,
      frequency_penalty: penalty('frequency_penalty', request.frequencyPenalty, warnings),
      presence_penalty: penalty('presence_penalty', request.presencePenalty, warnings),
      response_format: encodeFormat(request.responseFormat),
      thinking: encodeThinking(request.reasoning),
      logprobs: request.logprobs,
      ...ownFields(request, warnings),
      stream: context.stream ? true : undefined,
    }),
  };
}

/** A named tool cannot be demanded; that it is the only one, and that one must be called, says the same. */
function encodeTools({ tools, toolChoice }: ChatRequest): JsonObject {
  if (tools.length === 0) return {};
  const named = toolChoice?.type === 'tool' ? tools.filter(({ name }) => name === toolChoice.name) : [];
  const offered = named.length > 0 ? named : tools;
  const isStrict = offered.some(({ strict }) => strict === true);
  return {
    tools: offered.map(encodeTool),
    ...defined({ tool_choice: choiceWord(toolChoice), strict_tools: isStrict ? true : undefined }),
  };
}

function choiceWord(choice: ChatRequest['toolChoice']): string | undefined {
  if (choice === undefined || choice.type === 'auto') return undefined;
  return choice.type === 'none' ? 'NONE' : 'REQUIRED';
}

function encodeTool(tool: ToolDefinition): JsonObject {
  const { name, description, parameters = EMPTY_PARAMETERS } = tool;
  return { type: 'function', function: { name, ...defined({ description }), parameters } };
}

function encodeFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format === undefined) return undefined;
  return { type: 'json_object', ...(format.type === 'json-schema' ? { json_schema: format.schema } : {}) };
}

function encodeThinking(wish: ReasoningWish | undefined): JsonObject | undefined {
  if (wish === undefined) return undefined;
  if (wish.mode === 'disabled' || wish.effort === 'none') return { type: 'disabled' };
  const budget = wish.budgetTokens ?? BUDGET_BY_EFFORT[wish.effort ?? ''];
  return { type: 'enabled', ...defined({ token_budget: budget }) };
}

/** Here penalties go from 0 to 1; elsewhere from -2 to 2. */
function penalty(name: string, value: number | undefined, warnings: Warnings): number | undefined {
  if (value === undefined || (value >= 0 && value <= 1)) return value;
  warnings.add(`${name} was moved into the range that the model accepts, 0 to 1.`);
  return value < 0 ? 0 : 1;
}

function ownFields({ otherFields = {} }: ChatRequest, warnings: Warnings): JsonObject {
  const present = OWN_FIELDS.filter((name) => otherFields[name] !== undefined);
  for (const name of present) warnings.carried(name);
  return Object.fromEntries(present.map((name) => [name, otherFields[name]]));
}

function warnDropped(request: ChatRequest, warnings: Warnings): void {
  if ((request.choiceCount ?? 1) > 1) warnings.add('n was left out: the model gives one answer.');
  if (request.parallelToolCalls === false && request.tools.length > 0) warnings.dropped('parallel_tool_calls');
}
