import { createHash } from 'node:crypto';
import { callIdWithSignature } from '../../call-id';
import { defined } from '../../defined';
import { RawJson } from '../../json/raw';
import { asFilled, asString, type JsonObject } from '../../json/read';
import type { ToolCallPart } from '../../message';

const ID_CHARACTERS = 24;

/**
 * A call that a Gemini model made. Gemini often gives calls no id: then it is made from the answer's own id (or, without
 * one, from what is called), so that ids of one conversation differ and translating twice gives the same.
 */
export function decodeCall(
  call: JsonObject,
  signature: string | undefined,
  place: { readonly answerId: string | undefined; readonly index: number },
): ToolCallPart {
  const name = asString(call['name']) ?? '';
  const argumentsText = argsText(call['args']);
  const own = asFilled(call['id']) ?? madeId(place.answerId ?? hashOf(name + argumentsText), place.index);
  const id = signature === undefined ? own : callIdWithSignature(own, signature);
  return { type: 'tool-call', id, name, argumentsText, ...defined({ signature }) };
}

/** `args` as the JSON text that it was. */
export function argsText(args: unknown): string {
  if (args instanceof RawJson) return args.text;
  return args === undefined || args === null ? '{}' : JSON.stringify(args);
}

function madeId(seed: string, index: number): string {
  return `call_${seed.replace(/[^a-zA-Z0-9_-]/g, '').slice(0, ID_CHARACTERS)}_${index}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
