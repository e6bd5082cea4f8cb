import { asFilled, asObject, asString, type JsonObject } from '../../json/read';
import type { Part } from '../../message';
import { markGeminiProof } from '../../reasoning-proof';
import { decodeCall } from './call-ids';
import { decodeMedia } from './media';
import { member } from './member';

export interface PartPlace {
  /** Id of the answer, for calls without one of their own. */
  readonly answerId: string | undefined;
  /** Calls before this part in the whole answer. */
  readonly calls: number;
  /** The part before this one is a thought without a signature. */
  readonly followsThought: boolean;
}

/**
 * One part of a model's answer. A signature becomes reasoning: with the thoughts that it follows (the decoders see to
 * that), or on its own behind the text it signs. A call keeps it, too.
 */
export function decodeModelPart(part: JsonObject, place: PartPlace): readonly Part[] {
  const signature = asFilled(member(part, 'thoughtSignature'));
  const proof = signature === undefined ? undefined : markGeminiProof(signature);
  const call = asObject(member(part, 'functionCall'));
  if (call !== undefined) {
    const decoded = decodeCall(call, signature, { answerId: place.answerId, index: place.calls });
    return proof !== undefined && place.followsThought ? [proven(proof), decoded] : [decoded];
  }
  const text = asString(part['text']);
  if (part['thought'] === true) {
    const isEmpty = (text ?? '') === '' && proof === undefined;
    return isEmpty
      ? []
      : [{ type: 'reasoning', text: text ?? '', ...(proof === undefined ? {} : { signature: proof }) }];
  }
  const content = contentOf(part, text);
  return proof === undefined ? content : [...content, proven(proof)];
}

function proven(signature: string): Part {
  return { type: 'reasoning', text: '', signature };
}

function contentOf(part: JsonObject, text: string | undefined): readonly Part[] {
  if (text !== undefined) return text === '' ? [] : [{ type: 'text', text }];
  const code = asObject(member(part, 'executableCode'));
  if (code !== undefined)
    return [fenced(asString(code['code']) ?? '', (asString(code['language']) ?? '').toLowerCase())];
  const result = asObject(member(part, 'codeExecutionResult'));
  if (result !== undefined) return [fenced(asString(result['output']) ?? '', '')];
  const media = decodeAnswerMedia(part);
  return media === undefined ? [] : [media];
}

/** Code that Gemini ran, and what it printed, have no place of their own in other APIs. */
function fenced(text: string, language: string): Part {
  return { type: 'text', text: `\n\`\`\`${language}\n${text.replace(/\n$/, '')}\n\`\`\`\n` };
}

/** An answer never fails for a picture that cannot be read. */
function decodeAnswerMedia(part: JsonObject): Part | undefined {
  try {
    return decodeMedia(part, 'parts');
  } catch {
    return undefined;
  }
}
