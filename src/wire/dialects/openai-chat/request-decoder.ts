import { defined } from '../../defined';
import { invalid, readMessages } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { ChatRequest, ReasoningWish, ResponseFormat, ToolChoice, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { onlyAllowed, readAllowedTools } from './allowed-tools';
import { decodeMessages } from './history-decoder';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'n',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'user',
  'service_tier',
  'stream',
  'stream_options',
]);

/** A chat completions request to the neutral model. Fields without a neutral meaning become warnings. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  const others = Object.entries(body).filter(([field, value]) => {
    return value !== null && value !== false && !KNOWN_FIELDS.has(field);
  });
  for (const [field] of others) warnings.dropped(field);
  const otherTools = asObjects(body['tools']).filter((tool) => (asString(tool['type']) ?? 'function') !== 'function');
  return {
    messages: decodeMessages(readMessages(body), warnings),
    tools: onlyAllowed(
      [
        ...asObjects(body['tools']).flatMap((tool, index) => decodeTool(tool, `tools[${index}]`, warnings)),
        ...asObjects(body['functions']).map((tool, index) => decodeFunction(tool, `functions[${index}]`, {})),
      ],
      body['tool_choice'],
    ),
    stopSequences: decodeStops(body['stop']),
    ...defined({
      toolChoice: decodeToolChoice(body['tool_choice'] ?? body['function_call']),
      parallelToolCalls: asBoolean(body['parallel_tool_calls']),
      maxOutputTokens: asNumber(body['max_completion_tokens']) ?? asNumber(body['max_tokens']),
      temperature: asNumber(body['temperature']),
      topP: asNumber(body['top_p']),
      topK: asNumber(body['top_k']),
      choiceCount: asNumber(body['n']),
      seed: asNumber(body['seed']),
      frequencyPenalty: asNumber(body['frequency_penalty']),
      presencePenalty: asNumber(body['presence_penalty']),
      responseFormat: decodeFormat(asObject(body['response_format'])),
      reasoning: decodeReasoningWish(body),
      userId: asFilled(body['user']) ?? asFilled(asObject(body['metadata'])?.['user_id']),
      serviceTier: asFilled(body['service_tier']),
      otherFields: others.length > 0 ? Object.fromEntries(others) : undefined,
      otherTools: otherTools.length > 0 ? otherTools : undefined,
      // Not among the known fields: few APIs have these, and those that do call Warnings.carried.
      logprobs: asBoolean(body['logprobs']),
      topLogprobs: asNumber(body['top_logprobs']),
    }),
  };
}

function decodeTool(tool: JsonObject, place: string, warnings: Warnings): ToolDefinition[] {
  const type = asString(tool['type']) ?? 'function';
  if (type !== 'function') {
    warnings.dropped(`tool ${asFilled(asObject(tool[type])?.['name']) ?? type}`);
    return [];
  }
  const definition = asObject(tool['function']) ?? {};
  const cache = asObject(tool['cache_control']) ?? asObject(definition['cache_control']);
  return [decodeFunction(definition, `${place}.function`, cache === undefined ? {} : { cache })];
}

function decodeFunction(definition: JsonObject, place: string, cached: { cache?: JsonObject }): ToolDefinition {
  const name = asFilled(definition['name']);
  if (name === undefined) throw invalid(`${place}.name`, 'must be a string');
  const parameters = definition['parameters'];
  return {
    name,
    ...defined({
      description: asString(definition['description']),
      parameters: parameters instanceof RawJson ? parameters : undefined,
      strict: asBoolean(definition['strict']),
    }),
    ...cached,
  };
}

function decodeStops(stop: unknown): readonly string[] {
  return typeof stop === 'string' ? [stop] : asList(stop).filter((entry) => typeof entry === 'string');
}

/** A word, `{type: 'function', function: {name}}`, the older `{name}`, or a list of allowed tools. */
function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  switch (choice) {
    case 'auto':
    case 'none':
    case 'required':
      return { type: choice };
    case 'any':
      return { type: 'required' };
    default:
  }
  const object = asObject(choice);
  if (object === undefined) return undefined;
  if (object['type'] === 'allowed_tools') return readAllowedTools(object)?.choice;
  const name = asFilled(asObject(object['function'])?.['name']) ?? asFilled(object['name']);
  return name === undefined ? undefined : { type: 'tool', name };
}

function decodeFormat(format: JsonObject | undefined): ResponseFormat | undefined {
  if (format?.['type'] === 'json_object') return { type: 'json-object' };
  if (format?.['type'] !== 'json_schema') return undefined;
  const described = asObject(format['json_schema']);
  const schema = described?.['schema'];
  if (!(schema instanceof RawJson)) return { type: 'json-object' };
  return {
    type: 'json-schema',
    schema,
    ...defined({ name: asFilled(described?.['name']), strict: asBoolean(described?.['strict']) }),
  };
}

/** `reasoning_effort`, or what hosts added beside the API: `reasoning: {effort, max_tokens}`, `thinking: {type, budget_tokens}`. */
function decodeReasoningWish(body: JsonObject): ReasoningWish | undefined {
  const reasoning = asObject(body['reasoning']);
  const thinking = asObject(body['thinking']);
  const effort = asFilled(body['reasoning_effort']) ?? asFilled(reasoning?.['effort']);
  const budgetTokens = asNumber(thinking?.['budget_tokens']) ?? asNumber(reasoning?.['max_tokens']);
  const type = asString(thinking?.['type']);
  const mode = type === 'enabled' || type === 'disabled' || type === 'adaptive' ? type : undefined;
  if (effort === undefined && budgetTokens === undefined && mode === undefined) return undefined;
  return defined({ mode, effort, budgetTokens, claude: thinking === undefined ? undefined : { thinking } });
}
