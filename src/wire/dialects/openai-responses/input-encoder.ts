import { invalid } from '../../facts';
import type { JsonObject } from '../../json/read';
import type { Message, Part, ReasoningPart, RedactedReasoningPart, ToolResultPart } from '../../message';
import { readOpenaiProof } from '../../reasoning-proof';
import { fitCallId } from '../../tool-names';
import type { Warnings } from '../../warnings';
import { encodeInputContent } from './content';

const CALL_ID = /^[\x21-\x7e]+$/;
const LONGEST_CALL_ID = 64;

export interface Input {
  /** System text from before the conversation. */
  readonly instructions?: string;
  readonly items: readonly JsonObject[];
}

/** Neutral messages as instructions and input items. Throws GatewayError `invalid_request` when no item is left. */
export function encodeInput(messages: readonly Message[], warnings: Warnings): Input {
  const firstTurn = messages.findIndex((message) => message.role !== 'system');
  const leading = firstTurn === -1 ? messages : messages.slice(0, firstTurn);
  const rest = firstTurn === -1 ? [] : messages.slice(firstTurn);
  const instructions = leading.map(textOf).filter((text) => text !== '');
  const items = rest.flatMap((message) => encodeMessage(message, warnings));
  if (messages.some((message) => message.name !== undefined)) warnings.dropped('messages[].name');
  if (messages.some((message) => message.parts.some((part) => 'cache' in part))) {
    warnings.add('Cache hints were left out.');
  }
  // A conversation of system text only is one all the same.
  if (items.length === 0 && instructions.length > 0) {
    return { items: leading.flatMap((message) => messageItem('developer', encodeInputContent(message.parts))) };
  }
  if (items.length === 0) throw invalid('messages', 'must hold at least one message that is not empty');
  return { items, ...(instructions.length > 0 ? { instructions: instructions.join('\n') } : {}) };
}

function textOf({ parts }: Message): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function encodeMessage(message: Message, warnings: Warnings): JsonObject[] {
  switch (message.role) {
    case 'system':
      return messageItem('developer', encodeInputContent(message.parts));
    case 'user':
      return messageItem('user', encodeInputContent(message.parts));
    case 'assistant':
      return encodeAssistant(message.parts, warnings);
    case 'tool':
      return message.parts.flatMap((part) => (part.type === 'tool-result' ? [encodeResult(part, warnings)] : []));
  }
}

function messageItem(role: string, content: readonly JsonObject[]): JsonObject[] {
  return content.length === 0 ? [] : [{ type: 'message', role, content }];
}

/** One item per call and per run of text, in the order in which the model wrote them. */
function encodeAssistant(parts: readonly Part[], warnings: Warnings): JsonObject[] {
  const items: JsonObject[] = [];
  let text: JsonObject[] = [];
  const endText = (): void => {
    items.push(...messageItem('assistant', text));
    text = [];
  };
  for (const part of parts) {
    if (part.type === 'text') {
      if (part.text !== '') text.push({ type: 'output_text', text: part.text });
    } else if (part.type === 'refusal') {
      text.push({ type: 'refusal', refusal: part.text });
    } else if (part.type === 'tool-call') {
      endText();
      items.push({
        type: 'function_call',
        call_id: fitCallId(part.id, CALL_ID, LONGEST_CALL_ID),
        name: part.name,
        arguments: part.argumentsText.trim() === '' ? '{}' : part.argumentsText,
      });
    } else if (part.type === 'reasoning' || part.type === 'redacted-reasoning') {
      endText();
      items.push(...encodeReasoning(part, warnings));
    }
  }
  endText();
  return items;
}

/** Reasoning of another vendor proves nothing here, and without proof it is refused. */
function encodeReasoning(part: ReasoningPart | RedactedReasoningPart, warnings: Warnings): JsonObject[] {
  const proof = part.type === 'reasoning' ? part.signature : part.data;
  const encrypted = proof === undefined ? undefined : readOpenaiProof(proof);
  if (encrypted === undefined) {
    warnings.add('Earlier reasoning was left out.');
    return [];
  }
  const text = part.type === 'reasoning' ? part.text : '';
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return [{ type: 'reasoning', summary, encrypted_content: encrypted }];
}

function encodeResult(part: ToolResultPart, warnings: Warnings): JsonObject {
  if (part.isError) warnings.dropped('tool_result.is_error');
  const isText = part.parts.every((inner) => inner.type === 'text');
  const texts = part.parts.flatMap((inner) => (inner.type === 'text' ? [inner.text] : []));
  return {
    type: 'function_call_output',
    call_id: fitCallId(part.callId, CALL_ID, LONGEST_CALL_ID),
    output: isText ? texts.join('\n') : encodeInputContent(part.parts),
  };
}
