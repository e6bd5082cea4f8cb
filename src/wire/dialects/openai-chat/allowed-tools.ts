import { asFilled, asObject, asObjects } from '../../json/read';
import type { ToolChoice, ToolDefinition } from '../../message';

interface AllowedTools {
  readonly choice: ToolChoice;
  readonly names: readonly string[];
}

/**
 * `tool_choice` of type `allowed_tools`: chat completions nest mode and list in a member of that name, Responses do not.
 * Undefined for every other choice.
 */
export function readAllowedTools(toolChoice: unknown): AllowedTools | undefined {
  const object = asObject(toolChoice);
  if (object?.['type'] !== 'allowed_tools') return undefined;
  const { mode, tools } = asObject(object['allowed_tools']) ?? object;
  const names = asObjects(tools).flatMap((tool) => {
    const definition = asObject(tool[String(tool['type'])]) ?? tool;
    return asFilled(definition['name']) ?? [];
  });
  return { choice: { type: mode === 'required' ? 'required' : 'auto' }, names };
}

/** No other API has the list. Tools that it leaves out may not be called, so they need not be sent. */
export function onlyAllowed(tools: readonly ToolDefinition[], toolChoice: unknown): readonly ToolDefinition[] {
  const allowed = readAllowedTools(toolChoice);
  return allowed === undefined ? tools : tools.filter(({ name }) => allowed.names.includes(name));
}
