import { awsError } from '../../aws-error';
import { defined } from '../../defined';
import type { StreamDecoder } from '../../dialect';
import { asFilled, asNumber, asObject, asString, type JsonObject } from '../../json/read';
import type { StreamPart } from '../../stream-part';
import { inputText } from '../anthropic-messages/content';
import { decodeStopSequence } from './answer';
import { decodeStop, decodeUsage } from './vocabulary';

const NO_PARTS: readonly StreamPart[] = [];

/**
 * ConverseStream events to neutral parts:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 *
 * Usage comes in `metadata`, behind `messageStop`: the stream is done when both were there, or at its end.
 */
export class ConverseStreamDecoder implements StreamDecoder {
  /** Encrypted reasoning that is not complete yet; it may come in pieces. */
  private redacted: Buffer[] = [];
  private isStopped = false;
  private hasMetadata = false;

  decode(event: { readonly event?: string; readonly data: JsonObject }): readonly StreamPart[] {
    const { name, data } = unwrapped(event);
    switch (name) {
      case 'messageStart':
        return [{ type: 'start' }];
      case 'contentBlockStart':
        return blockStartParts(asObject(data['start']) ?? {}, blockOf(data));
      case 'contentBlockDelta':
        return this.delta(asObject(data['delta']) ?? {}, blockOf(data));
      case 'contentBlockStop':
        return [...this.flushed(), { type: 'block-end', choice: 0, block: blockOf(data) }];
      case 'messageStop':
        return [...this.flushed(), ...this.stop(data)];
      case 'metadata':
        return this.metadata(data);
      default:
        // Exceptions are read by the framing; some hosts send them as events.
        return /Exception$/.test(name) ? [{ type: 'error', error: awsError(name, JSON.stringify(data)) }] : NO_PARTS;
    }
  }

  private delta(delta: JsonObject, block: number): readonly StreamPart[] {
    const text = asFilled(delta['text']);
    if (text !== undefined) return [{ type: 'text', choice: 0, block, text }];
    const call = asObject(delta['toolUse']);
    if (call !== undefined) return argumentParts(call, block);
    const reasoning = asObject(delta['reasoningContent']);
    return reasoning === undefined ? NO_PARTS : this.reasoning(reasoning, block);
  }

  private reasoning(delta: JsonObject, block: number): readonly StreamPart[] {
    const redacted = asFilled(delta['redactedContent']);
    if (redacted !== undefined) this.redacted.push(Buffer.from(redacted, 'base64'));
    const plain = asObject(delta['reasoningText']) ?? delta;
    const text = asFilled(plain['text']);
    const signature = asFilled(plain['signature']);
    return [
      ...(text === undefined ? [] : [{ type: 'reasoning' as const, choice: 0, block, text }]),
      ...(signature === undefined ? [] : [{ type: 'reasoning-signature' as const, choice: 0, block, signature }]),
    ];
  }

  private flushed(): readonly StreamPart[] {
    if (this.redacted.length === 0) return NO_PARTS;
    const data = Buffer.concat(this.redacted).toString('base64');
    this.redacted = [];
    return [{ type: 'redacted-reasoning', choice: 0, data }];
  }

  private stop(data: JsonObject): readonly StreamPart[] {
    const stop = decodeStop(data['stopReason']) ?? 'end';
    const stopSequence = stop === 'stop-sequence' ? decodeStopSequence(data) : undefined;
    this.isStopped = true;
    return [{ type: 'finish', choice: 0, stop, ...defined({ stopSequence }) }, ...this.done()];
  }

  private metadata(data: JsonObject): readonly StreamPart[] {
    const usage = decodeUsage(data['usage']);
    this.hasMetadata = true;
    return [...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]), ...this.done()];
  }

  private done(): readonly StreamPart[] {
    return this.isStopped && this.hasMetadata ? [{ type: 'done' }] : NO_PARTS;
  }
}

/** Without a name, the event may be the way SDKs print it: one member with the event's name. */
function unwrapped(event: { readonly event?: string; readonly data: JsonObject }): {
  readonly name: string;
  readonly data: JsonObject;
} {
  if (event.event !== undefined) return { name: event.event, data: event.data };
  const [name = '', data] = Object.entries(event.data)[0] ?? [];
  return { name, data: asObject(data) ?? {} };
}

function blockOf(data: JsonObject): number {
  return asNumber(data['contentBlockIndex']) ?? 0;
}

function blockStartParts(start: JsonObject, block: number): readonly StreamPart[] {
  const call = asObject(start['toolUse']);
  if (call === undefined || call['type'] === 'server_tool_use') return NO_PARTS;
  const id = asString(call['toolUseId']) ?? '';
  return [
    { type: 'tool-call', choice: 0, call: block, id, name: asString(call['name']) ?? '' },
    ...argumentParts(call, block),
  ];
}

/** Pieces of JSON text; an object where a host sends the whole input at once. */
function argumentParts(call: JsonObject, block: number): readonly StreamPart[] {
  const input = call['input'];
  const text =
    typeof input === 'string' || input === undefined || input === null ? (asString(input) ?? '') : inputText(input);
  return text === '' ? NO_PARTS : [{ type: 'tool-arguments', choice: 0, call: block, text }];
}
