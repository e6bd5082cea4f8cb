import { defined } from '../../defined';
import type { StreamDecoder } from '../../dialect';
import { statusOfErrorType } from '../../error-shape';
import { asFilled, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { StreamPart } from '../../stream-part';
import { thinkingText } from './content';
import { readArguments } from './history-decoder';
import { decodeLogprobs } from './logprobs';
import { decodeStop, decodeUsage } from './vocabulary';

interface CallState {
  readonly call: number;
  readonly id: string | undefined;
}

/** Chat completion chunks to neutral parts: https://platform.openai.com/docs/api-reference/chat-streaming */
export class ChatStreamDecoder implements StreamDecoder {
  private started = false;
  private calls = 0;
  /** Call that a choice's tool index stands for now. */
  private readonly callAt = new Map<string, CallState>();
  private latestCall: CallState | undefined;
  private readonly finished = new Set<number>();

  decode({ data }: { readonly data: JsonObject }): readonly StreamPart[] {
    const error = data['error'];
    if (error !== undefined && error !== null) return [errorPart(error)];
    const parts: StreamPart[] = this.start(data);
    asObjects(data['choices']).forEach((choice, position) => {
      parts.push(...this.choice(choice, asNumber(choice['index']) ?? position));
    });
    const usage = decodeUsage(data['usage'] ?? asObject(data['x_groq'])?.['usage']);
    if (usage !== undefined) parts.push({ type: 'usage', usage });
    return parts;
  }

  /** Azure's first chunk holds filter results only, with an empty id and model; it starts nothing. */
  private start(data: JsonObject): StreamPart[] {
    if (this.started || asObjects(data['choices']).length === 0) return [];
    this.started = true;
    const createdSeconds = asNumber(data['created']);
    return [
      { type: 'start', ...defined({ id: asFilled(data['id']), model: asFilled(data['model']), createdSeconds }) },
    ];
  }

  private choice(choice: JsonObject, index: number): readonly StreamPart[] {
    const delta = asObject(choice['delta']) ?? asObject(choice['message']) ?? {};
    const parts = [...contentParts(delta, index)];
    for (const call of asObjects(delta['tool_calls'])) parts.push(...this.toolCall(call, index));
    const legacy = asObject(delta['function_call']);
    if (legacy !== undefined) parts.push(...this.toolCall({ index: 0, function: legacy }, index));
    const tokens = decodeLogprobs(choice['logprobs']);
    if (tokens !== undefined) parts.push({ type: 'logprobs', choice: index, tokens });
    const stop = decodeStop(choice['finish_reason']);
    // Some hosts repeat the reason on a later chunk, with another word.
    if (stop !== undefined && !this.finished.has(index)) {
      this.finished.add(index);
      parts.push({ type: 'finish', choice: index, stop });
    }
    return parts;
  }

  /**
   * Calls are told apart by `index`; some hosts leave it out, or repeat 0 for every call and only change the id.
   */
  private toolCall(delta: JsonObject, choice: number): readonly StreamPart[] {
    const definition = asObject(delta['function']) ?? {};
    const id = asFilled(delta['id']);
    const name = asFilled(definition['name']);
    const index = asNumber(delta['index']);
    const key = `${choice}/${index ?? ''}`;
    let state = index === undefined && id === undefined ? this.latestCall : this.callAt.get(key);
    const parts: StreamPart[] = [];
    if (state === undefined || (id !== undefined && name !== undefined && state.id !== id)) {
      const call = this.calls;
      this.calls += 1;
      state = { call, id };
      this.callAt.set(key, state);
      parts.push({ type: 'tool-call', choice, call, id: id ?? `call_${call}`, name: name ?? '' });
    }
    this.latestCall = state;
    const text = readArguments(definition['arguments']);
    if (text !== '') parts.push({ type: 'tool-arguments', choice, call: state.call, text });
    return parts;
  }
}

function contentParts(delta: JsonObject, choice: number): readonly StreamPart[] {
  const parts: StreamPart[] = [];
  const reasoning = asFilled(delta['reasoning_content']) ?? asFilled(delta['reasoning']);
  if (reasoning !== undefined) parts.push({ type: 'reasoning', choice, block: 0, text: reasoning });
  for (const block of asObjects(delta['thinking_blocks'])) parts.push(...signedParts(block, choice));
  const content = delta['content'];
  if (typeof content === 'string' && content !== '') parts.push({ type: 'text', choice, block: 0, text: content });
  for (const part of asObjects(content)) parts.push(...listedPart(part, choice));
  const refusal = asFilled(delta['refusal']);
  if (refusal !== undefined) parts.push({ type: 'refusal', choice, text: refusal });
  return parts;
}

/** The text of these blocks has already come as reasoning_content; what is new is the proof. */
function signedParts(block: JsonObject, choice: number): readonly StreamPart[] {
  if (block['type'] === 'redacted_thinking') {
    return [{ type: 'redacted-reasoning', choice, data: asString(block['data']) ?? '' }];
  }
  const signature = asFilled(block['signature']);
  return signature === undefined ? [] : [{ type: 'reasoning-signature', choice, block: 0, signature }];
}

/** Mistral streams content as parts while its models think. */
function listedPart(part: JsonObject, choice: number): readonly StreamPart[] {
  const isThinking = part['type'] === 'thinking';
  const text = isThinking ? thinkingText(part['thinking']) : (asString(part['text']) ?? '');
  return text === '' ? [] : [{ type: isThinking ? 'reasoning' : 'text', choice, block: 0, text }];
}

function errorPart(value: unknown): StreamPart {
  const error = asObject(value) ?? {};
  const type = asFilled(error['type']);
  const code = asFilled(error['code']) ?? asNumber(error['code'])?.toString();
  const message = asFilled(error['message']) ?? asFilled(value) ?? 'The upstream reported an error without a message.';
  const param = asFilled(error['param']);
  return {
    type: 'error',
    error: { status: statusOfErrorType(code, type), message, ...defined({ type, code, param }) },
  };
}
