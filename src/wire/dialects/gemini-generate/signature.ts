import { markGeminiProof, readGeminiProof } from '../../reasoning-proof';

/*
 * Gemini signs what its thoughts led to: a function call, sometimes a text. The signature must come back on the part it
 * came with. Clients of other APIs have no place for that, so it travels twice: beside the call (see ToolCallPart, and
 * the reasoning in front of it), and inside the call's id (see call-id).
 */

/** What Gemini accepts in place of a signature for calls that another model made: https://ai.google.dev/gemini-api/docs/thought-signatures */
export const FOREIGN_CALL_SIGNATURE = 'skip_thought_signature_validator';

/**
 * Another vendor's proof on the way to a Gemini client: marked, so that it is not taken for Gemini's own, and base64, as
 * its SDKs demand of the field.
 */
export function proofToThoughtSignature(proof: string, kind: 'signed' | 'redacted'): string {
  const own = kind === 'signed' ? readGeminiProof(proof) : undefined;
  return own ?? Buffer.from(`outerloop.${kind}.${proof}`, 'utf8').toString('base64');
}

/** What is not marked is Gemini's own: no other vendor accepts it. */
export function thoughtSignatureToProof(signature: string): {
  readonly kind: 'signed' | 'redacted';
  readonly proof: string;
} {
  const text = Buffer.from(signature, 'base64').toString('utf8');
  const match = /^outerloop\.(signed|redacted)\./.exec(text);
  if (match === null) return { kind: 'signed', proof: markGeminiProof(signature) };
  return { kind: match[1] === 'redacted' ? 'redacted' : 'signed', proof: text.slice(match[0].length) };
}
