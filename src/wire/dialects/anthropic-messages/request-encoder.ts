import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { invalid } from '../../facts';
import type { RawJson } from '../../json/raw';
import { isObject, type JsonObject } from '../../json/read';
import type { ChatRequest, Message, ResponseFormat, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { encodeTurns, type SystemBlock } from './turns';
import { planThinking, type Thinking } from './thinking';

/** The API demands max_tokens; this is for callers who name none. */
const DEFAULT_MAX_TOKENS = 4096;

const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else.';

/** A neutral request as a Messages body. Throws GatewayError `invalid_request` when nothing is left to send. */
export function encodeRequest(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  const { turns, system } = encodeTurns(request.messages, warnings);
  if (turns.length === 0) throw invalid('messages', 'must hold at least one message that is not empty');
  const thinking = planRequestThinking(request, context, warnings);
  const thinks = isOn(thinking);
  const format = request.responseFormat;
  if (format?.type === 'json-object') {
    system.push({ type: 'text', text: JSON_INSTRUCTION });
    warnings.add('response_format json_object became an instruction.');
  }
  warnDropped(request, warnings);
  return {
    model: context.upstreamModel,
    max_tokens: thinking.maxTokens,
    messages: turns,
    ...defined({
      system: encodeSystem(system),
      tools: request.tools.length > 0 ? request.tools.map(encodeTool) : undefined,
      tool_choice: encodeToolChoice(request, thinks, warnings),
      stop_sequences: encodeStops(request.stopSequences),
      ...encodeSampling(request, thinks, warnings),
      thinking: thinking.thinking,
      output_config: encodeOutputConfig(format, thinking.effort),
      metadata: request.userId === undefined ? undefined : { user_id: request.userId },
      stream: context.stream ? true : undefined,
    }),
  };
}

function isOn({ thinking }: Thinking): boolean {
  return thinking !== undefined && thinking['type'] !== 'disabled';
}

function planRequestThinking(request: ChatRequest, context: TranslateContext, warnings: Warnings): Thinking {
  const maxTokens = request.maxOutputTokens ?? context.defaultMaxTokens ?? DEFAULT_MAX_TOKENS;
  const limit = { maxTokens, chosenByUs: request.maxOutputTokens === undefined };
  const plan = planThinking(request.reasoning, context.upstreamModel, limit, warnings);
  if (!isOn(plan) || !continuesUnsignedToolUse(request.messages)) return plan;
  warnings.add('Reasoning was left out for this turn: the tool calls it continues came without signed reasoning.');
  return { maxTokens };
}

/** While tools run, the API wants the turn's own signed thinking back before the calls; without it, it refuses to think. */
export function continuesUnsignedToolUse(messages: readonly Message[]): boolean {
  if (messages.at(-1)?.role !== 'tool') return false;
  const calling = messages.findLast((message) => message.role === 'assistant');
  return calling !== undefined && !calling.parts.some(isReplayableReasoning);
}

function isReplayableReasoning(part: Message['parts'][number]): boolean {
  return part.type === 'redacted-reasoning' || (part.type === 'reasoning' && part.signature !== undefined);
}

function encodeSystem(blocks: readonly SystemBlock[]): string | readonly SystemBlock[] | undefined {
  if (blocks.length === 0) return undefined;
  return blocks.some((block) => block.cache_control !== undefined)
    ? blocks
    : blocks.map((block) => block.text).join('\n');
}

function encodeTool(tool: ToolDefinition): JsonObject {
  return {
    name: tool.name,
    ...defined({ description: tool.description }),
    input_schema: objectSchema(tool.parameters),
    ...defined({ strict: tool.strict === true ? true : undefined, cache_control: tool.cache }),
  };
}

/** The API insists on `type: object`; tools without parameters leave it out. */
export function objectSchema(schema: RawJson | undefined): unknown {
  const parsed: unknown = schema === undefined ? {} : JSON.parse(schema.text);
  if (isObject(parsed) && parsed['type'] !== undefined) return schema;
  return { type: 'object', properties: {}, ...(isObject(parsed) ? parsed : {}) };
}

function encodeToolChoice(request: ChatRequest, thinks: boolean, warnings: Warnings): JsonObject | undefined {
  if (request.tools.length === 0) return undefined;
  const choice = request.toolChoice;
  const serial = request.parallelToolCalls === false;
  const limit = serial && choice?.type !== 'none' ? { disable_parallel_tool_use: true } : {};
  if (thinks && (choice?.type === 'required' || choice?.type === 'tool')) {
    warnings.add('tool_choice became auto: a model that reasons cannot be forced to call a tool.');
    return { type: 'auto', ...limit };
  }
  if (choice === undefined) return serial ? { type: 'auto', ...limit } : undefined;
  switch (choice.type) {
    case 'tool':
      return { type: 'tool', name: choice.name, ...limit };
    case 'required':
      return { type: 'any', ...limit };
    default:
      return { type: choice.type, ...limit };
  }
}

/** Whitespace-only stop sequences are refused upstream. */
function encodeStops(stops: readonly string[]): readonly string[] | undefined {
  const usable = stops.filter((stop) => stop.trim() !== '');
  return usable.length > 0 ? usable : undefined;
}

function encodeSampling(request: ChatRequest, thinks: boolean, warnings: Warnings): JsonObject {
  const { temperature, topP, topK } = request;
  if (!thinks) {
    return { temperature: withinOne('temperature', temperature, warnings), top_p: topP, top_k: topK };
  }
  const wishes = { temperature: temperature === 1 ? undefined : temperature, top_p: topP, top_k: topK };
  for (const [name, value] of Object.entries(wishes)) {
    if (value !== undefined) warnings.add(`${name} was left out because the model reasons.`);
  }
  return {};
}

function withinOne(name: string, value: number | undefined, warnings: Warnings): number | undefined {
  if (value === undefined || value <= 1) return value;
  warnings.add(`${name} was lowered to 1, the most that the model accepts.`);
  return 1;
}

function encodeOutputConfig(format: ResponseFormat | undefined, effort: string | undefined): JsonObject | undefined {
  if (format?.type !== 'json-schema' && effort === undefined) return undefined;
  return defined({
    effort,
    format: format?.type === 'json-schema' ? { type: 'json_schema', schema: format.schema } : undefined,
  });
}

function warnDropped(request: ChatRequest, warnings: Warnings): void {
  if ((request.choiceCount ?? 1) > 1) warnings.add('n was left out: the model gives one answer.');
  if (request.seed !== undefined) warnings.dropped('seed');
  if (request.serviceTier !== undefined) warnings.dropped('service_tier');
  if ((request.frequencyPenalty ?? 0) !== 0) warnings.dropped('frequency_penalty');
  if ((request.presencePenalty ?? 0) !== 0) warnings.dropped('presence_penalty');
  if (request.messages.some((message) => message.name !== undefined)) warnings.dropped('messages[].name');
}
