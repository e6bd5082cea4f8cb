import { defined } from '../../defined';
import { readMessages } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { ChatRequest, Message, ReasoningWish, ResponseFormat, ToolChoice, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { decodeToolChoice as decodeClaudeChoice } from '../anthropic-messages/request-decoder';
import { cacheHint } from './cache-points';
import { decodeContent } from './content-decoder';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'additionalModelRequestFields',
  'outputConfig',
  'serviceTier',
]);

/** A Converse request to the neutral model. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  const others = Object.entries(body).filter(([field, value]) => value !== null && !KNOWN_FIELDS.has(field));
  for (const [field] of others) warnings.dropped(field);
  const inference = asObject(body['inferenceConfig']) ?? {};
  const additional = asObject(body['additionalModelRequestFields']) ?? {};
  const toolConfig = asObject(body['toolConfig']);
  const claudeChoice = asObject(additional['tool_choice']);
  return {
    messages: [...decodeSystem(body['system'], warnings), ...decodeMessages(body, warnings)],
    tools: decodeTools(toolConfig?.['tools']),
    stopSequences: asList(inference['stopSequences']).filter((stop) => typeof stop === 'string'),
    ...defined({
      toolChoice: decodeToolChoice(asObject(toolConfig?.['toolChoice'])) ?? decodeClaudeChoice(claudeChoice),
      parallelToolCalls: claudeChoice?.['disable_parallel_tool_use'] === true ? false : undefined,
      maxOutputTokens: asNumber(inference['maxTokens']),
      temperature: asNumber(inference['temperature']),
      topP: asNumber(inference['topP']),
      topK: asNumber(additional['top_k']) ?? asNumber(additional['k']),
      responseFormat: decodeFormat(body),
      reasoning: decodeReasoningWish(additional),
      serviceTier: asFilled(asObject(body['serviceTier'])?.['type']),
      otherFields: others.length > 0 ? Object.fromEntries(others) : undefined,
    }),
  };
}

function decodeSystem(system: unknown, warnings: Warnings): Message[] {
  const parts = decodeContent(system, warnings);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** A user turn with tool results becomes a tool message and, behind it, a user message with the rest. */
function decodeMessages(body: JsonObject, warnings: Warnings): Message[] {
  return readMessages(body).flatMap((message): Message[] => {
    const parts = decodeContent(message['content'], warnings);
    if (message['role'] === 'assistant') return [{ role: 'assistant', parts }];
    const results = parts.filter((part) => part.type === 'tool-result');
    const rest = parts.filter((part) => part.type !== 'tool-result');
    return [
      ...(results.length > 0 ? [{ role: 'tool' as const, parts: results }] : []),
      ...(rest.length > 0 || results.length === 0 ? [{ role: 'user' as const, parts: rest }] : []),
    ];
  });
}

function decodeTools(list: unknown): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const entry of asObjects(list)) {
    const point = asObject(entry['cachePoint']);
    const last = tools.at(-1);
    if (point !== undefined && last !== undefined) tools[tools.length - 1] = { ...last, cache: cacheHint(point) };
    const spec = asObject(entry['toolSpec']);
    if (spec !== undefined) tools.push(decodeTool(spec));
  }
  return tools;
}

function decodeTool(spec: JsonObject): ToolDefinition {
  const schema = asObject(spec['inputSchema'])?.['json'];
  return {
    name: asString(spec['name']) ?? '',
    ...defined({
      description: asFilled(spec['description']),
      parameters: schema instanceof RawJson ? schema : undefined,
      strict: asBoolean(spec['strict']),
    }),
  };
}

function decodeToolChoice(choice: JsonObject | undefined): ToolChoice | undefined {
  if (choice?.['auto'] !== undefined) return { type: 'auto' };
  if (choice?.['any'] !== undefined) return { type: 'required' };
  const name = asFilled(asObject(choice?.['tool'])?.['name']);
  return name === undefined ? undefined : { type: 'tool', name };
}

function decodeFormat(body: JsonObject): ResponseFormat | undefined {
  const structure = asObject(asObject(asObject(body['outputConfig'])?.['textFormat'])?.['structure']);
  const described = asObject(structure?.['jsonSchema']);
  const schema = asFilled(described?.['schema']);
  if (schema === undefined) return undefined;
  return { type: 'json-schema', schema: new RawJson(schema), ...defined({ name: asFilled(described?.['name']) }) };
}

function decodeReasoningWish(additional: JsonObject): ReasoningWish | undefined {
  const thinking = asObject(additional['thinking']);
  const nova = asObject(additional['reasoningConfig']);
  const effort = asFilled(asObject(additional['output_config'])?.['effort']);
  const mode = asString(thinking?.['type']);
  if (thinking === undefined && effort === undefined) {
    const other = asFilled(additional['reasoning_effort']) ?? asFilled(nova?.['maxReasoningEffort']);
    return other === undefined ? undefined : { effort: other };
  }
  return defined({
    mode: mode === 'enabled' || mode === 'disabled' || mode === 'adaptive' ? mode : undefined,
    effort,
    budgetTokens: asNumber(thinking?.['budget_tokens']),
    claude: defined({ thinking, effort }),
  });
}
