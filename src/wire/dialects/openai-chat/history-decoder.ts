import { defined } from '../../defined';
import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asFilled, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { Message, Part, ToolCallPart } from '../../message';
import type { Warnings } from '../../warnings';
import { decodeContent, decodeReasoning } from './content';

/** Messages of a chat request to neutral ones, one for one. Throws GatewayError `invalid_request` for unknown roles. */
export function decodeMessages(messages: readonly JsonObject[], warnings: Warnings): Message[] {
  const legacyCalls = new LegacyCalls();
  return messages.map((message, index) => decodeMessage(message, `messages[${index}]`, legacyCalls, warnings));
}

function decodeMessage(message: JsonObject, place: string, legacyCalls: LegacyCalls, warnings: Warnings): Message {
  const parts = decodeContent(message['content'], `${place}.content`, warnings);
  const name = asFilled(message['name']);
  const named = name === undefined ? {} : { name };
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: withMessageCache(message, parts), ...named };
    case 'user':
      return { role: 'user', parts: withMessageCache(message, parts), ...named };
    case 'assistant':
      return {
        role: 'assistant',
        parts: [
          ...decodeReasoning(message),
          ...withMessageCache(message, parts),
          ...refusalParts(message),
          ...decodeToolCalls(message, place, legacyCalls),
        ],
        ...named,
      };
    case 'tool':
      return { role: 'tool', parts: [toolResult(message, parts, readCallId(message, place))] };
    case 'function':
      return { role: 'tool', parts: [toolResult(message, parts, legacyCalls.idOf(name ?? ''))] };
    default:
      throw invalid(`${place}.role`, 'must be system, developer, user, assistant or tool');
  }
}

function readCallId(message: JsonObject, place: string): string {
  const id = asFilled(message['tool_call_id']);
  if (id === undefined) throw invalid(`${place}.tool_call_id`, 'must name the tool call it answers');
  return id;
}

function toolResult(message: JsonObject, parts: readonly Part[], callId: string): Part {
  const cache = asObject(message['cache_control']);
  return { type: 'tool-result', callId, parts, isError: false, ...(cache === undefined ? {} : { cache }) };
}

/** Some clients put the cache hint on the message; it then means its last part. */
function withMessageCache(message: JsonObject, parts: readonly Part[]): readonly Part[] {
  const cache = asObject(message['cache_control']);
  const last = parts.at(-1);
  return cache === undefined || last === undefined ? parts : [...parts.slice(0, -1), { ...last, cache } as Part];
}

function refusalParts(message: JsonObject): Part[] {
  const text = asFilled(message['refusal']);
  return text === undefined ? [] : [{ type: 'refusal', text }];
}

function decodeToolCalls(message: JsonObject, place: string, legacyCalls: LegacyCalls): ToolCallPart[] {
  const calls = asObjects(message['tool_calls']).map((call, index) =>
    decodeToolCall(call, `${place}.tool_calls[${index}]`),
  );
  const legacy = asObject(message['function_call']);
  if (legacy === undefined) return calls;
  const name = asString(legacy['name']) ?? '';
  const argumentsText = readArguments(legacy['arguments']);
  return [...calls, { type: 'tool-call', id: legacyCalls.next(name), name, argumentsText }];
}

function decodeToolCall(call: JsonObject, place: string): ToolCallPart {
  const custom = asObject(call['custom']);
  const definition = asObject(call['function']) ?? custom ?? {};
  const name = asFilled(definition['name']);
  if (name === undefined) throw invalid(`${place}.function.name`, 'must be a string');
  return {
    type: 'tool-call',
    id: asFilled(call['id']) ?? `call_${name}`,
    name,
    // A custom tool takes free text; as a function it takes one string argument.
    argumentsText:
      custom === undefined
        ? readArguments(definition['arguments'])
        : JSON.stringify({ input: asString(custom['input']) }),
    ...defined({ cache: asObject(call['cache_control']), signature: callSignature(call) }),
  };
}

/**
 * Signature of a Gemini call: where Gemini's own OpenAI-compatible API puts it, or where other gateways do. (In the call's
 * id it stays until a call goes back to Gemini.)
 */
function callSignature(call: JsonObject): string | undefined {
  const google = asObject(asObject(call['extra_content'])?.['google']);
  const holders = [google, call, asObject(call['function']), asObject(call['provider_specific_fields'])];
  return holders.map((holder) => asFilled(holder?.['thought_signature'])).find((signature) => signature !== undefined);
}

/** Arguments are JSON text; sloppy clients send the object itself. */
export function readArguments(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  return asString(value) ?? '';
}

/** `function_call` and role `function` carry no ids: a result belongs to the latest call of its function. */
class LegacyCalls {
  private readonly ids = new Map<string, string>();
  private count = 0;

  next(name: string): string {
    this.count += 1;
    const id = `function_call_${this.count}`;
    this.ids.set(name, id);
    return id;
  }

  idOf(name: string): string {
    return this.ids.get(name) ?? `function_call_${name}`;
  }
}
