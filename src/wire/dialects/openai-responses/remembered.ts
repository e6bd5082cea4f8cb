import { parseJson, printJson } from '../../json/raw';
import { asFilled, asObject, asObjects, isObject, type JsonObject } from '../../json/read';

/** Members of a request that its answer repeats: https://platform.openai.com/docs/api-reference/responses/object */
const REPEATED_FIELDS = [
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
] as const;

const RAW_KEYS: ReadonlySet<string> = new Set(['parameters', 'schema', 'arguments']);

/** The repeated members as JSON text: plain data that keeps every schema as it was written. */
export function remember(body: JsonObject): JsonObject {
  const repeated = REPEATED_FIELDS.flatMap((field) => (body[field] == null ? [] : [[field, body[field]] as const]));
  return { request: printJson(Object.fromEntries(repeated)) };
}

/** What a Responses client's own request says about its answer. */
export class Remembered {
  readonly fields: JsonObject;
  private readonly customNames: ReadonlySet<string>;
  private readonly groupOf: ReadonlyMap<string, string>;

  constructor(remembered: Readonly<Record<string, unknown>> | undefined) {
    const text = remembered?.['request'];
    const fields = typeof text === 'string' ? parseJson(text, RAW_KEYS) : {};
    this.fields = isObject(fields) ? fields : {};
    const tools = asObjects(this.fields['tools']);
    const groups = tools.filter((tool) => tool['type'] === 'namespace');
    const members = groups.flatMap((group) => asObjects(group['tools']).map((tool) => ({ group, tool })));
    const all = [...tools, ...members.map(({ tool }) => tool)];
    this.customNames = new Set(all.filter((tool) => tool['type'] === 'custom').map(nameOf));
    const plain = new Set(tools.map(nameOf));
    this.groupOf = new Map(
      members.filter(({ tool }) => !plain.has(nameOf(tool))).map(({ group, tool }) => [nameOf(tool), nameOf(group)]),
    );
  }

  /** Whether a call of this tool is a `custom_tool_call`. */
  isCustom(name: string): boolean {
    return this.customNames.has(name);
  }

  /** The `namespace` member of a call. */
  namespaceOf(name: string): { readonly namespace?: string } {
    const namespace = this.groupOf.get(name);
    return namespace === undefined || namespace === '' ? {} : { namespace };
  }
}

function nameOf(tool: JsonObject): string {
  return asFilled(tool['name']) ?? asFilled(asObject(tool['function'])?.['name']) ?? '';
}
