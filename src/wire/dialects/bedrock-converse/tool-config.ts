import { defined } from '../../defined';
import { asFilled, asString, type JsonObject } from '../../json/read';
import type { ChatRequest, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { objectSchema } from '../anthropic-messages/request-encoder';
import { claudeVersion } from '../anthropic-messages/thinking';
import type { CachePoints } from './cache-points';

/** Since this generation Claude keeps to a tool's schema when told to; older ones refuse to be told. */
const FIRST_STRICT_CLAUDE = 4.5;

/** The API refuses a history with tool blocks when no tool is configured. */
const PLACEHOLDER: JsonObject = {
  toolSpec: {
    name: 'no_tool_available',
    description: 'Stands for the tools used earlier in this conversation. It cannot be called.',
    inputSchema: { json: { type: 'object', properties: {} } },
  },
};

export interface ToolContext {
  /** Model id, when it is a Claude. */
  readonly claude: string | undefined;
  /** A model that reasons cannot be forced to call a tool. */
  readonly thinks: boolean;
  readonly cachePoints: CachePoints;
  readonly warnings: Warnings;
}

/** Tools that Claude was trained on: it knows their schemas, and the caller runs them. */
const TRAINED_TOOL = /^(?:computer|bash|text_editor|memory)_\d{8}$/;

export interface ToolSetup {
  readonly toolConfig?: JsonObject;
  /** What Converse has no words for, in Claude's: tool_choice and tools of additionalModelRequestFields. */
  readonly claudeFields: JsonObject;
}

export function encodeTools(request: ChatRequest, context: ToolContext): ToolSetup {
  const hasHistory = usesTools(request);
  const isForbidden = request.toolChoice?.type === 'none';
  const trained = isForbidden ? [] : trainedTools(request, context);
  const claudeFields = trained.length > 0 ? { tools: trained } : {};
  // Converse has no word for "none": without tools none can be called, but a history with tool blocks needs them.
  const offered = isForbidden && !hasHistory ? [] : request.tools;
  if (offered.length === 0) {
    const needsOne = hasHistory || trained.length > 0;
    return { claudeFields, ...(needsOne ? { toolConfig: { tools: [PLACEHOLDER] } } : {}) };
  }
  if (isForbidden) context.warnings.add('tool_choice none was left out: the conversation needs its tools here.');
  const tools = offered.flatMap((tool) => [encodeTool(tool, context), ...context.cachePoints.after(tool.cache)]);
  const toolChoice = chosen(request, context);
  if (request.parallelToolCalls === false && !isForbidden) {
    if (context.claude !== undefined) {
      return { toolConfig: { tools }, claudeFields: { ...claudeFields, tool_choice: serial(toolChoice) } };
    }
    context.warnings.dropped('parallel_tool_calls');
  }
  return { toolConfig: { tools, ...defined({ toolChoice }) }, claudeFields };
}

function trainedTools({ otherTools = [] }: ChatRequest, { claude, warnings }: ToolContext): readonly JsonObject[] {
  if (claude === undefined) return [];
  const tools = otherTools.filter((tool) => TRAINED_TOOL.test(asString(tool['type']) ?? ''));
  for (const tool of tools) warnings.carried(`tool ${asFilled(tool['name']) ?? asString(tool['type']) ?? ''}`);
  return tools;
}

function usesTools({ messages }: ChatRequest): boolean {
  return messages.some(({ parts }) => parts.some((part) => part.type === 'tool-call' || part.type === 'tool-result'));
}

function encodeTool(tool: ToolDefinition, { claude, warnings }: ToolContext): JsonObject {
  const canBeStrict = claude !== undefined && claudeVersion(claude) >= FIRST_STRICT_CLAUDE;
  if (tool.strict === true && !canBeStrict) warnings.dropped('strict');
  return {
    toolSpec: {
      name: tool.name,
      ...(tool.description ? { description: tool.description } : {}),
      inputSchema: { json: objectSchema(tool.parameters) },
      ...(tool.strict === true && canBeStrict ? { strict: true } : {}),
    },
  };
}

function chosen({ toolChoice }: ChatRequest, { thinks, warnings }: ToolContext): JsonObject | undefined {
  const forces = toolChoice?.type === 'required' || toolChoice?.type === 'tool';
  if (thinks && forces) {
    warnings.add('tool_choice became auto: a model that reasons cannot be forced to call a tool.');
    return { auto: {} };
  }
  switch (toolChoice?.type) {
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: toolChoice.name } };
    default:
      return undefined;
  }
}

/** The same choice in Claude's words, one call at a time. It stands instead of Converse's: both together are refused. */
function serial(choice: JsonObject | undefined): JsonObject {
  const [type = 'auto', details] = Object.entries(choice ?? {})[0] ?? [];
  return { type, ...(details as object | undefined), disable_parallel_tool_use: true };
}
