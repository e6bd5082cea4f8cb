import { defined } from '../../defined';
import { type RawJson } from '../../json/raw';
import { asObject, asString, isObject, type JsonObject } from '../../json/read';
import type { ChatRequest, ToolChoice, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { takesJsonSchema, type Generation } from './generation';
import { bothSpellings, member } from './member';
import { toGeminiSchema } from './schema';

/** Tools that Google runs itself, in the words of the API. */
const HOSTED_TOOLS = [
  'googleSearch',
  'googleSearchRetrieval',
  'enterpriseWebSearch',
  'googleMaps',
  'urlContext',
  'codeExecution',
  'computerUse',
  'fileSearch',
] as const;

const HOSTED_BY_TYPE: ReadonlyMap<string, string> = new Map([
  ...HOSTED_TOOLS.flatMap((name) => [...bothSpellings([name])].map((spelling) => [spelling, name] as const)),
  ['enterprise_search', 'enterpriseWebSearch'],
]);

/** `tools`: one entry with all functions, one for each tool that Google runs. */
export function encodeTools(request: ChatRequest, generation: Generation, warnings: Warnings): readonly JsonObject[] {
  const functions = request.tools.filter((tool) => hostedByName(tool).length === 0);
  const hosted: readonly JsonObject[] = [
    ...request.tools.flatMap(hostedByName),
    ...(request.otherTools ?? []).flatMap((tool) => hostedByType(tool, warnings)),
  ];
  if (functions.length === 0) return hosted;
  return [{ functionDeclarations: functions.map((tool) => encodeFunction(tool, generation)) }, ...hosted];
}

/** `{type: 'google_search', google_search: {…}}`, as other gateways let chat clients ask for Google's own tools. */
function hostedByType(tool: JsonObject, warnings: Warnings): JsonObject[] {
  const type = asString(tool['type']) ?? '';
  const name = HOSTED_BY_TYPE.get(type);
  // OpenAI's tool of the same name searches OpenAI's stores.
  if (name === undefined || tool['vector_store_ids'] !== undefined) return [];
  warnings.carried(`tool ${asString(asObject(tool[type])?.['name']) ?? type}`);
  return [{ [name]: camelMembers(asObject(tool[type])) }];
}

/** A function by the name of one of Google's tools that only carries its settings. */
function hostedByName(tool: ToolDefinition): JsonObject[] {
  const name = HOSTED_BY_TYPE.get(tool.name);
  if (name === undefined) return [];
  const parameters: unknown = tool.parameters === undefined ? {} : JSON.parse(tool.parameters.text);
  if (!isObject(parameters) || parameters['type'] !== undefined || parameters['properties'] !== undefined) return [];
  return [{ [name]: parameters }];
}

function camelMembers(settings: JsonObject = {}): JsonObject {
  const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [camel(name), value]));
}

function encodeFunction(tool: ToolDefinition, generation: Generation): JsonObject {
  return {
    name: tool.name,
    ...defined({ description: tool.description }),
    ...encodeParameters(tool.parameters, generation),
  };
}

function encodeParameters(schema: RawJson | undefined, generation: Generation): JsonObject {
  if (schema === undefined) return {};
  return takesJsonSchema(generation) ? { parametersJsonSchema: schema } : { parameters: toGeminiSchema(schema) };
}

/** `toolConfig`; without functions there is nothing to choose. */
export function encodeToolConfig(choice: ToolChoice | undefined): JsonObject | undefined {
  if (choice === undefined) return undefined;
  if (choice.type === 'tool') return { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [choice.name] } };
  const mode = choice.type === 'required' ? 'ANY' : choice.type.toUpperCase();
  return { functionCallingConfig: { mode } };
}

/** `functionDeclarations` of a Gemini client's tools; the rest of them becomes warnings. */
export function hostedToolNames(tool: JsonObject): readonly string[] {
  return HOSTED_TOOLS.filter((name) => member(tool, name) !== undefined);
}
