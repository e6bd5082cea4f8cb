import { answerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import { defined } from '../../defined';
import { RawJson } from '../../json/raw';
import { asFilled, asNumber, asObjects, asString, type JsonObject } from '../../json/read';
import { effectiveStop, type Answer, type Choice, type Part, type TokenLogprob } from '../../message';
import { proofToEncryptedContent } from '../../reasoning-proof';
import { Warnings } from '../../warnings';
import { decodeLogprobs } from '../openai-chat/logprobs';
import { decodeContent } from './content';
import { inputToArguments } from './custom-tool';
import { decodeReasoning } from './input-decoder';
import { callItem, itemId, messageItem, reasoningItem, refusalPart, textPart } from './output-items';
import { Remembered } from './remembered';
import { responseObject } from './response-object';
import { decodeStop, decodeUsage, incompleteReason, type Status } from './vocabulary';

/** Pictures that a model draws have no form in other APIs' answers; their reader should know that there was one. */
const IMAGE_NOTE = '[The model generated an image that cannot be shown here.]';

/** A complete response. Undefined when the body is none, or one that failed (then it is read as the error it holds). */
export function decodeAnswer(body: JsonObject): Answer | undefined {
  if (body['object'] !== 'response' && !Array.isArray(body['output'])) return undefined;
  if (body['error'] !== undefined && body['error'] !== null) return undefined;
  const parts = decodeOutput(body);
  const callsTools = parts.some((part) => part.type === 'tool-call');
  return {
    ...defined({
      id: asFilled(body['id']),
      model: asFilled(body['model']),
      createdSeconds: asNumber(body['created_at']),
      usage: decodeUsage(body['usage']),
    }),
    choices: [
      {
        index: 0,
        parts,
        stop: decodeStop(body, callsTools),
        ...defined({ logprobs: readLogprobs(body) }),
      },
    ],
  };
}

function readLogprobs(body: JsonObject): readonly TokenLogprob[] | undefined {
  const content = asObjects(body['output'])
    .flatMap((item) => asObjects(item['content']))
    .flatMap((part) => asObjects(part['logprobs']));
  return decodeLogprobs({ content });
}

function decodeOutput(body: JsonObject): readonly Part[] {
  const parts = asObjects(body['output']).flatMap(decodeOutputItem);
  const text = asFilled(body['output_text']);
  return parts.length === 0 && text !== undefined ? [{ type: 'text', text }] : parts;
}

/** One output item; items of tools that OpenAI ran itself say nothing to clients of other APIs. */
export function decodeOutputItem(item: JsonObject): readonly Part[] {
  const callId = asFilled(item['call_id']) ?? asFilled(item['id']) ?? 'call_0';
  const name = asString(item['name']) ?? '';
  switch (item['type']) {
    case 'message':
      return decodeContent(item['content'], 'content', new Warnings());
    case 'reasoning':
      return decodeReasoning(item);
    case 'function_call':
      return [{ type: 'tool-call', id: callId, name, argumentsText: argumentsOf(item) }];
    case 'custom_tool_call':
      return [{ type: 'tool-call', id: callId, name, argumentsText: inputToArguments(asString(item['input']) ?? '') }];
    case 'image_generation_call':
      return [{ type: 'text', text: IMAGE_NOTE }];
    default:
      return [];
  }
}

function argumentsOf(item: JsonObject): string {
  const value = item['arguments'];
  return value instanceof RawJson ? value.text : (asString(value) ?? '');
}

/** The first choice of a neutral answer as a response: reasoning, then one message, then calls. */
export function encodeAnswer(answer: Answer, context: TranslateResponseContext): JsonObject {
  const identity = answerIdentity(answer, 'resp_', context);
  const remembered = new Remembered(context.remembered);
  const choice = answer.choices.find(({ index }) => index === 0) ?? answer.choices[0];
  const parts = choice?.parts ?? [];
  const reason = incompleteReasonOf(choice);
  const output: JsonObject[] = [];
  const add = (kind: Parameters<typeof itemId>[0], item: (id: string) => JsonObject): void => {
    output.push(item(itemId(kind, identity.id, output.length)));
  };
  for (const part of parts) {
    if (part.type === 'reasoning') {
      const { text, signature } = part;
      const proof = signature === undefined ? undefined : proofToEncryptedContent(signature, 'signed');
      if (text !== '' || proof !== undefined) add('reasoning', (id) => reasoningItem(id, text, proof));
    } else if (part.type === 'redacted-reasoning') {
      add('reasoning', (id) => reasoningItem(id, '', proofToEncryptedContent(part.data, 'redacted')));
    }
  }
  const calls = parts.filter((part) => part.type === 'tool-call');
  const isLastCut = reason !== undefined;
  const content = messageContent(parts, choice?.logprobs ?? []);
  if (content.length > 0) {
    const status: Status = isLastCut && calls.length === 0 ? 'incomplete' : 'completed';
    add('message', (id) => messageItem(id, status, content));
  }
  calls.forEach((call, position) => {
    const status: Status = isLastCut && position === calls.length - 1 ? 'incomplete' : 'completed';
    const kind = remembered.isCustom(call.name) ? 'custom_tool_call' : 'function_call';
    add(kind, (id) => callItem(id, status, call, remembered));
  });
  const status: Status = isLastCut ? 'incomplete' : 'completed';
  return responseObject(identity, remembered, { status, output, usage: answer.usage, incompleteReason: reason });
}

function incompleteReasonOf(choice: Choice | undefined): string | undefined {
  const parts = choice?.parts ?? [];
  const callsTools = parts.some((part) => part.type === 'tool-call');
  const saysRefusal = parts.some((part) => part.type === 'refusal');
  return incompleteReason(effectiveStop(choice?.stop, callsTools), saysRefusal);
}

function messageContent(parts: readonly Part[], logprobs: readonly TokenLogprob[]): JsonObject[] {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const refusal = parts.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('');
  return [...(text === '' ? [] : [textPart(text, logprobs)]), ...(refusal === '' ? [] : [refusalPart(refusal)])];
}
