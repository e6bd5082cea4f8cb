import { defined } from '../../defined';
import { readMessages } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { ChatRequest, ReasoningWish, ResponseFormat, ToolChoice, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { decodeMessages } from '../openai-chat/history-decoder';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'tool_choice',
  'strict_tools',
  'max_tokens',
  'temperature',
  'p',
  'k',
  'stop_sequences',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'response_format',
  'thinking',
  'stream',
]);

/** A request of Cohere's chat to the neutral model. Messages are OpenAI's but for the plan before tool calls. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  const others = Object.entries(body).filter(([field, value]) => value !== null && !KNOWN_FIELDS.has(field));
  for (const [field] of others) warnings.dropped(field);
  const isStrict = asBoolean(body['strict_tools']);
  return {
    messages: decodeMessages(readMessages(body).map(withPlan), warnings),
    tools: asObjects(body['tools']).map((tool) => decodeTool(asObject(tool['function']) ?? {}, isStrict)),
    stopSequences: asList(body['stop_sequences']).filter((entry) => typeof entry === 'string'),
    ...defined({
      toolChoice: decodeToolChoice(body['tool_choice']),
      maxOutputTokens: asNumber(body['max_tokens']),
      temperature: asNumber(body['temperature']),
      topP: asNumber(body['p']),
      topK: asNumber(body['k']),
      seed: asNumber(body['seed']),
      frequencyPenalty: asNumber(body['frequency_penalty']),
      presencePenalty: asNumber(body['presence_penalty']),
      responseFormat: decodeFormat(asObject(body['response_format'])),
      reasoning: decodeThinking(asObject(body['thinking'])),
      logprobs: asBoolean(body['logprobs']),
      otherFields: others.length > 0 ? Object.fromEntries(others) : undefined,
    }),
  };
}

function withPlan(message: JsonObject): JsonObject {
  const plan = asFilled(message['tool_plan']);
  const isSaid = plan === undefined || (message['content'] !== undefined && message['content'] !== null);
  return isSaid ? message : { ...message, content: plan };
}

function decodeTool(definition: JsonObject, strict: boolean | undefined): ToolDefinition {
  const parameters = definition['parameters'];
  return {
    name: asString(definition['name']) ?? '',
    ...defined({
      description: asString(definition['description']),
      parameters: parameters instanceof RawJson ? parameters : undefined,
      strict,
    }),
  };
}

function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  switch (asString(choice)?.toUpperCase()) {
    case 'REQUIRED':
      return { type: 'required' };
    case 'NONE':
      return { type: 'none' };
    default:
      return undefined;
  }
}

function decodeFormat(format: JsonObject | undefined): ResponseFormat | undefined {
  if (format?.['type'] !== 'json_object') return undefined;
  const schema = format['json_schema'] ?? format['schema'];
  return schema instanceof RawJson ? { type: 'json-schema', schema } : { type: 'json-object' };
}

function decodeThinking(thinking: JsonObject | undefined): ReasoningWish | undefined {
  const mode = thinking?.['type'];
  if (mode !== 'enabled' && mode !== 'disabled') return undefined;
  return { mode, ...defined({ budgetTokens: asNumber(thinking?.['token_budget']) }) };
}
