import { defined } from '../../defined';
import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { ToolChoice, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { readAllowedTools } from '../openai-chat/allowed-tools';
import { CUSTOM_TOOL_PARAMETERS } from './custom-tool';

const NO_PARAMETERS = new RawJson('{"type":"object","properties":{}}');

export interface DecodedTools {
  readonly functions: readonly ToolDefinition[];
  /** Tools that OpenAI runs itself, as they came. */
  readonly others: readonly JsonObject[];
}

/**
 * Tools to neutral ones: functions as they are, custom tools as functions with one text argument, groups (`namespace`)
 * flattened. Hosted tools are left out with a warning, unless the encoder finds a place for them.
 */
export function decodeTools(tools: unknown, warnings: Warnings): DecodedTools {
  const functions: ToolDefinition[] = [];
  const others: JsonObject[] = [];
  for (const { tool, place } of flattened(asObjects(tools))) {
    const type = tool['type'] ?? 'function';
    if (type === 'function') functions.push(decodeFunction(tool, place));
    else if (type === 'custom') functions.push(decodeCustom(tool, place));
    else {
      warnings.dropped(`tool ${asString(type) ?? 'unknown'}`);
      others.push(tool);
    }
  }
  return { functions, others };
}

interface PlacedTool {
  readonly tool: JsonObject;
  readonly place: string;
}

function flattened(tools: readonly JsonObject[]): readonly PlacedTool[] {
  return tools.flatMap((tool, index): PlacedTool[] => {
    const place = `tools[${index}]`;
    if (tool['type'] !== 'namespace') return [{ tool, place }];
    return asObjects(tool['tools']).map((member, position) => {
      const inside = `${place}.tools[${position}]`;
      if (member['type'] === 'namespace') throw invalid(inside, 'must not be a group inside a group');
      return { tool: member, place: inside };
    });
  });
}

/** Flat; clients that know chat completions only nest it under `function`. */
function decodeFunction(tool: JsonObject, place: string): ToolDefinition {
  const definition = asObject(tool['function']) ?? tool;
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
  };
}

function decodeCustom(tool: JsonObject, place: string): ToolDefinition {
  const name = asFilled(tool['name']);
  if (name === undefined) throw invalid(`${place}.name`, 'must be a string');
  const description = [asFilled(tool['description']), grammarText(asObject(tool['format']))]
    .filter((text) => text !== undefined)
    .join('\n\n');
  return { name, ...(description === '' ? {} : { description }), parameters: CUSTOM_TOOL_PARAMETERS };
}

/** No other API constrains free text by a grammar; the model can at least read it. */
function grammarText(format: JsonObject | undefined): string | undefined {
  const definition = asFilled(format?.['definition']);
  if (definition === undefined) return undefined;
  return `The input must follow this ${asFilled(format?.['syntax']) ?? ''} grammar:\n${definition}`;
}

/** A word, `{type: 'function' | 'custom', name}`, or a list of allowed tools. A forced hosted tool is dropped like the tool. */
export function decodeToolChoice(choice: unknown, warnings: Warnings): ToolChoice | undefined {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  const object = asObject(choice);
  if (object === undefined) return undefined;
  if (object['type'] === 'allowed_tools') return readAllowedTools(object)?.choice;
  const name = asFilled(object['name']) ?? asFilled(asObject(object['function'])?.['name']);
  const isOwn = object['type'] === 'function' || object['type'] === 'custom' || object['type'] === undefined;
  if (name !== undefined && isOwn) return { type: 'tool', name };
  warnings.dropped(`tool_choice ${asString(object['type']) ?? 'unknown'}`);
  return undefined;
}

/** `strict` is on by default here and off everywhere else, so it is always said. */
export function encodeTool(tool: ToolDefinition): JsonObject {
  return {
    type: 'function',
    name: tool.name,
    ...defined({ description: tool.description }),
    parameters: tool.parameters ?? NO_PARAMETERS,
    strict: tool.strict ?? false,
  };
}

export function encodeToolChoice(choice: ToolChoice | undefined): unknown {
  return choice?.type === 'tool' ? { type: 'function', name: choice.name } : choice?.type;
}
