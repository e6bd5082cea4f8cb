import { readMessages } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { ChatRequest, Message, ReasoningWish, ResponseFormat, ToolChoice, ToolDefinition } from '../../message';
import { defined } from '../../defined';
import type { Warnings } from '../../warnings';
import { decodeContent } from './content';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'stream',
]);

/** A Messages request to the neutral model. Fields without a neutral meaning become warnings. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  const others = Object.entries(body).filter(([field, value]) => value !== null && !KNOWN_FIELDS.has(field));
  for (const [field] of others) warnings.dropped(field);
  const choice = asObject(body['tool_choice']);
  const hostedTools = asObjects(body['tools']).filter((tool) => !isFunction(tool));
  return {
    messages: [...decodeSystem(body['system'], warnings), ...decodeMessages(body, warnings)],
    tools: asObjects(body['tools']).flatMap((tool) => decodeTool(tool, warnings)),
    stopSequences: asList(body['stop_sequences']).filter((stop) => typeof stop === 'string'),
    ...defined({
      toolChoice: decodeToolChoice(choice),
      parallelToolCalls: choice?.['disable_parallel_tool_use'] === true ? false : undefined,
      maxOutputTokens: asNumber(body['max_tokens']),
      temperature: asNumber(body['temperature']),
      topP: asNumber(body['top_p']),
      topK: asNumber(body['top_k']),
      responseFormat: decodeFormat(body),
      reasoning: decodeReasoning(body),
      userId: asFilled(asObject(body['metadata'])?.['user_id']),
      otherFields: others.length > 0 ? Object.fromEntries(others) : undefined,
      otherTools: hostedTools.length > 0 ? hostedTools : undefined,
    }),
  };
}

function decodeSystem(system: unknown, warnings: Warnings): Message[] {
  const parts = decodeContent(system, 'system', warnings);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** A user turn with tool results becomes a tool message and, behind it, a user message with the rest. */
function decodeMessages(body: JsonObject, warnings: Warnings): Message[] {
  return readMessages(body).flatMap((message, index): Message[] => {
    const parts = decodeContent(message['content'], `messages[${index}].content`, warnings);
    const role = asString(message['role']);
    if (role === 'assistant') return [{ role, parts }];
    if (role === 'system' || role === 'developer') return [{ role: 'system', parts }];
    const results = parts.filter((part) => part.type === 'tool-result');
    const rest = parts.filter((part) => part.type !== 'tool-result');
    return [
      ...(results.length > 0 ? [{ role: 'tool' as const, parts: results }] : []),
      ...(rest.length > 0 || results.length === 0 ? [{ role: 'user' as const, parts: rest }] : []),
    ];
  });
}

/** Tools that Anthropic runs itself have a versioned `type` (web_search_20250305) and no schema. */
function decodeTool(tool: JsonObject, warnings: Warnings): ToolDefinition[] {
  const name = asFilled(tool['name']);
  if (name === undefined || !isFunction(tool)) {
    warnings.dropped(`tool ${name ?? asString(tool['type']) ?? ''}`);
    return [];
  }
  const schema = tool['input_schema'];
  return [
    {
      name,
      ...defined({
        description: asString(tool['description']),
        parameters: schema instanceof RawJson ? schema : undefined,
        strict: asBoolean(tool['strict']),
        cache: asObject(tool['cache_control']),
      }),
    },
  ];
}

function isFunction(tool: JsonObject): boolean {
  return (asString(tool['type']) ?? 'custom') === 'custom';
}

/** Claude's tool_choice, wherever it stands: in Messages, or among a cloud's additional fields. */
export function decodeToolChoice(choice: JsonObject | undefined): ToolChoice | undefined {
  switch (choice?.['type']) {
    case 'auto':
    case 'none':
      return { type: choice['type'] };
    case 'any':
      return { type: 'required' };
    case 'tool':
      return { type: 'tool', name: asString(choice['name']) ?? '' };
    default:
      return undefined;
  }
}

/** `output_config.format`; `output_format` is its beta spelling. */
function decodeFormat(body: JsonObject): ResponseFormat | undefined {
  const format = asObject(asObject(body['output_config'])?.['format']) ?? asObject(body['output_format']);
  const schema = format?.['schema'];
  return format?.['type'] === 'json_schema' && schema instanceof RawJson ? { type: 'json-schema', schema } : undefined;
}

function decodeReasoning(body: JsonObject): ReasoningWish | undefined {
  const thinking = asObject(body['thinking']);
  const effort = asFilled(asObject(body['output_config'])?.['effort']);
  const mode = asString(thinking?.['type']);
  if (thinking === undefined && effort === undefined) return undefined;
  return defined({
    mode: mode === 'enabled' || mode === 'disabled' || mode === 'adaptive' ? mode : undefined,
    effort,
    budgetTokens: asNumber(thinking?.['budget_tokens']),
    claude: defined({ thinking, effort }),
  });
}
