import { signatureInCallId } from '../../call-id';
import type { Part, TextPart, ToolCallPart } from '../../message';
import { readGeminiProof } from '../../reasoning-proof';
import { FOREIGN_CALL_SIGNATURE } from './signature';

/** Ids that Anthropic and Bedrock give to calls. */
const FOREIGN_CALL_ID = /^(?:toolu_|tooluse_)/;

/**
 * Which signature goes back on which part of an assistant's turn. A call brings its own, beside it or in its id. Signatures
 * that came back in reasoning belong to the turn's first call where that has lost its own, else to the text they stood
 * next to. `demanded`: the model refuses calls without one; calls that another model made get the documented stand-in, but
 * only where no call of the turn is signed, because Gemini signs the first of parallel calls alone.
 */
export function placeSignatures(parts: readonly Part[], demanded: boolean): ReadonlyMap<Part, string> {
  const placed = new Map<Part, string>();
  for (const part of parts) {
    const own = part.type === 'tool-call' ? ownSignature(part) : undefined;
    if (own !== undefined) placed.set(part, own);
  }
  const firstCall = parts.find((part) => part.type === 'tool-call');
  placeProofs(parts, firstCall, placed);
  const isUnsigned = firstCall !== undefined && !parts.some((part) => part.type === 'tool-call' && placed.has(part));
  if (demanded && isUnsigned) placed.set(firstCall, FOREIGN_CALL_SIGNATURE);
  return placed;
}

function placeProofs(parts: readonly Part[], firstCall: ToolCallPart | undefined, placed: Map<Part, string>): void {
  const taken = new Set(placed.values());
  // The text that a signature without a call came with: the one before it, else the one behind it.
  let text = parts.find(isText);
  for (const part of parts) {
    if (isText(part)) text = part;
    if (part.type !== 'reasoning' || part.signature === undefined) continue;
    const callIsOpen = firstCall !== undefined && !placed.has(firstCall);
    const proof = readGeminiProof(part.signature);
    if (proof === undefined) {
      // An unmarked proof may be Gemini's through another gateway; with calls of another vendor beside it, it is theirs.
      const isForeign = part.signature.includes('.') || FOREIGN_CALL_ID.test(firstCall?.id ?? '');
      if (callIsOpen && !isForeign) placed.set(firstCall, part.signature);
      continue;
    }
    const carrier = callIsOpen ? firstCall : text;
    if (taken.has(proof) || carrier === undefined || placed.has(carrier)) continue;
    placed.set(carrier, proof);
    taken.add(proof);
  }
}

function isText(part: Part): part is TextPart {
  return part.type === 'text' && part.text !== '';
}

function ownSignature({ signature, id }: ToolCallPart): string | undefined {
  return signature ?? signatureInCallId(id);
}
