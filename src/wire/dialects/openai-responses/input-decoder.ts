import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asFilled, asObjects, asString, isObject, type JsonObject } from '../../json/read';
import type { Message, Part, ReasoningPart, RedactedReasoningPart, ToolCallPart, ToolResultPart } from '../../message';
import { encryptedContentToProof } from '../../reasoning-proof';
import type { Warnings } from '../../warnings';
import { decodeContent } from './content';
import { inputToArguments } from './custom-tool';

/**
 * Input items to neutral messages. Items of one assistant turn (reasoning, message, calls) become one message, outputs
 * that follow each other another one. Throws GatewayError `invalid_request` for what only OpenAI's own store can resolve.
 */
export function decodeInput(items: readonly JsonObject[], warnings: Warnings): readonly Message[] {
  const history = new History();
  items.forEach((item, index) => decodeItem(item, `input[${index}]`, history, warnings));
  return history.messages();
}

/** `type` is authoritative; without one, an item with a role is a message. */
function decodeItem(item: JsonObject, place: string, history: History, warnings: Warnings): void {
  const type = asFilled(item['type']) ?? (item['role'] === undefined ? 'unknown' : 'message');
  switch (type) {
    case 'message':
      return decodeMessage(item, place, history, warnings);
    case 'function_call':
      return history.addToTurn(toolCall(item, place, readText(item['arguments'])));
    case 'custom_tool_call':
      return history.addToTurn(toolCall(item, place, inputToArguments(readText(item['input']))));
    case 'function_call_output':
    case 'custom_tool_call_output':
      return history.addResult(toolResult(item, place, warnings));
    case 'reasoning':
      return decodeReasoning(item).forEach((part) => history.addToTurn(part));
    case 'item_reference':
      throw invalid(place, 'refers to an item stored with another vendor; send the item itself (store: false)');
    default:
      warnings.add(`Input of type "${type}" was left out.`);
  }
}

function decodeMessage(item: JsonObject, place: string, history: History, warnings: Warnings): void {
  const parts = decodeContent(item['content'], `${place}.content`, warnings);
  const role = asString(item['role']) ?? 'user';
  switch (role) {
    case 'user':
      return history.add({ role, parts });
    case 'system':
    case 'developer':
      return history.add({ role: 'system', parts });
    case 'assistant':
      return history.addAnswer(parts);
    default:
      throw invalid(`${place}.role`, 'must be user, assistant, system or developer');
  }
}

function toolCall(item: JsonObject, place: string, argumentsText: string): ToolCallPart {
  const name = asFilled(item['name']);
  if (name === undefined) throw invalid(`${place}.name`, 'must be a string');
  return {
    type: 'tool-call',
    id: asFilled(item['call_id']) ?? asFilled(item['id']) ?? `call_${name}`,
    name,
    argumentsText,
  };
}

function toolResult(item: JsonObject, place: string, warnings: Warnings): ToolResultPart {
  const callId = asFilled(item['call_id']);
  if (callId === undefined) throw invalid(`${place}.call_id`, 'must name the tool call it answers');
  const output = item['output'];
  const isContent = typeof output === 'string' || isContentList(output);
  const parts: Part[] = isContent
    ? decodeContent(output, `${place}.output`, warnings)
    : [{ type: 'text', text: readText(output) }];
  return { type: 'tool-result', callId, parts, isError: false };
}

function isContentList(value: unknown): boolean {
  return Array.isArray(value) && value.every((part) => isObject(part) && typeof part['type'] === 'string');
}

/** JSON text; sloppy clients send the value itself. */
function readText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof RawJson) return value.text;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Reasoning of a replayed answer: what the reader saw, and the proof that its vendor wants back. */
export function decodeReasoning(item: JsonObject): (ReasoningPart | RedactedReasoningPart)[] {
  const summary = asObjects(item['summary']);
  const text = (summary.length > 0 ? summary : asObjects(item['content']))
    .map((part) => asString(part['text']) ?? '')
    .join('\n\n');
  const encrypted = asFilled(item['encrypted_content']);
  if (encrypted === undefined) return text === '' ? [] : [{ type: 'reasoning', text }];
  const { kind, proof } = encryptedContentToProof(encrypted);
  if (kind === 'redacted' || (kind === 'openai' && text === '')) return [{ type: 'redacted-reasoning', data: proof }];
  return [{ type: 'reasoning', text, signature: proof }];
}

/** Messages under construction. */
class History {
  private readonly list: { readonly role: Message['role']; parts: Part[] }[] = [];

  messages(): readonly Message[] {
    return this.list;
  }

  add(message: Message): void {
    this.list.push({ role: message.role, parts: [...message.parts] });
  }

  /** Reasoning and calls belong to the assistant turn they stand next to. */
  addToTurn(part: Part): void {
    const last = this.list.at(-1);
    if (last?.role === 'assistant') last.parts.push(part);
    else this.list.push({ role: 'assistant', parts: [part] });
  }

  /** Text joins its reasoning, and calls whose results are still to come: nothing may stand between those two. */
  addAnswer(parts: readonly Part[]): void {
    if (parts.length === 0) return;
    const last = this.list.at(-1);
    const firstCall = last?.parts.findIndex((part) => part.type === 'tool-call') ?? -1;
    const followsReasoning = last?.parts.at(-1)?.type.endsWith('reasoning') === true;
    if (last?.role === 'assistant' && (firstCall >= 0 || followsReasoning)) {
      last.parts.splice(firstCall === -1 ? last.parts.length : firstCall, 0, ...parts);
    } else {
      this.list.push({ role: 'assistant', parts: [...parts] });
    }
  }

  addResult(part: ToolResultPart): void {
    const last = this.list.at(-1);
    if (last?.role === 'tool') last.parts.push(part);
    else this.list.push({ role: 'tool', parts: [part] });
  }
}
