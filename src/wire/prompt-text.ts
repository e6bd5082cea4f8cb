import { asList, asObject, asObjects, asString, isObject, type JsonObject } from './json/read';

/** What a prompt is made of when its tokens are counted without its vendor. */
export interface PromptText {
  readonly texts: readonly string[];
  /** For what is no text: framing of messages and tools, pictures. */
  readonly extraTokens: number;
}

/**
 * OpenAI's published rules for chat prompts: three tokens frame a message, one more its name, three open the answer.
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
 */
const PER_MESSAGE = 3;
const PER_NAME = 1;
const PER_ANSWER = 3;
const PER_TOOL_CALL = 3;

/** The same source, section on tools. */
const PER_FUNCTION = 7;
const PER_PROPERTIES = 3;
const PER_PROPERTY = 3;
const PER_ENUM = -3;
const PER_ENUM_VALUE = 3;
const AFTER_FUNCTIONS = 12;

/** OpenAI: 85 for a low-resolution picture, and four tiles of 170 more for a usual one. */
const PER_SMALL_IMAGE = 85;
const PER_IMAGE = 765;

/** Text of a request in any chat API, for counting; lenient: what is not understood is not counted. */
export function promptText(body: JsonObject): PromptText {
  const collector = new Collector();
  for (const key of ['system', 'instructions', 'systemInstruction', 'prompt']) collector.content(body[key]);
  for (const key of ['messages', 'contents']) asObjects(body[key]).forEach((message) => collector.message(message));
  if (typeof body['input'] === 'string') collector.message({ role: 'user', content: body['input'] });
  else asObjects(body['input']).forEach((item) => collector.message(item));
  collector.tools(asObjects(body['tools']));
  return { texts: collector.texts, extraTokens: collector.extraTokens + PER_ANSWER };
}

class Collector {
  readonly texts: string[] = [];
  extraTokens = 0;

  message(message: JsonObject): void {
    this.extraTokens += PER_MESSAGE;
    this.text(message['role']);
    if (typeof message['name'] === 'string') this.extraTokens += PER_NAME;
    for (const key of ['name', 'arguments', 'output']) this.text(message[key]);
    for (const key of ['content', 'parts']) this.content(message[key]);
    for (const call of asObjects(message['tool_calls'])) {
      this.extraTokens += PER_TOOL_CALL;
      const called = asObject(call['function']);
      this.text(called?.['name']);
      this.text(called?.['arguments']);
    }
  }

  /** A text, a part, or a list of them. */
  content(value: unknown): void {
    if (typeof value === 'string') this.texts.push(value);
    else if (Array.isArray(value)) value.forEach((part) => this.content(part));
    else if (isObject(value)) this.part(value);
  }

  tools(tools: readonly JsonObject[]): void {
    for (const tool of tools) {
      const called = asObject(tool['function']) ?? tool;
      this.extraTokens += PER_FUNCTION;
      this.text(`${asString(called['name']) ?? ''}:${asString(called['description']) ?? ''}`);
      this.properties(asObject(called['parameters'] ?? called['input_schema']));
    }
    if (tools.length > 0) this.extraTokens += AFTER_FUNCTIONS;
  }

  private part(part: JsonObject): void {
    const type = asString(part['type']) ?? '';
    if (/image/.test(type)) {
      const isSmall = (asObject(part['image_url']) ?? part)['detail'] === 'low';
      this.extraTokens += isSmall ? PER_SMALL_IMAGE : PER_IMAGE;
      return;
    }
    for (const key of ['text', 'thinking', 'name']) this.text(part[key]);
    if (part['input'] !== undefined && type === 'tool_use') this.text(JSON.stringify(part['input']));
    for (const key of ['content', 'parts']) this.content(part[key]);
  }

  private properties(schema: JsonObject | undefined): void {
    const properties = Object.entries(asObject(schema?.['properties']) ?? {});
    if (properties.length === 0) return;
    this.extraTokens += PER_PROPERTIES;
    for (const [name, property] of properties) {
      const entry = asObject(property);
      this.extraTokens += PER_PROPERTY;
      this.text(`${name}:${asString(entry?.['type']) ?? ''}:${asString(entry?.['description']) ?? ''}`);
      const values = asList(entry?.['enum']);
      if (values.length > 0) this.extraTokens += PER_ENUM + PER_ENUM_VALUE * values.length;
      values.forEach((value) => this.text(value));
      this.properties(entry);
      this.properties(asObject(entry?.['items']));
    }
  }

  private text(value: unknown): void {
    if (typeof value === 'string' && value !== '') this.texts.push(value);
  }
}
