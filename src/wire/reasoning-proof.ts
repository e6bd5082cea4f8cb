import type { DialectCodec } from './dialect';
import type { ChatRequest, Part } from './message';
import type { Warnings } from './warnings';

/*
 * Proofs of reasoning travel through clients that know nothing of their vendor: a signature of one vendor may come back in
 * a conversation that now goes to another one, which would refuse the whole request. Proofs of OpenAI and Gemini are
 * therefore marked. A full stop occurs in no vendor's own proofs, which are base64.
 */

export type ProofVendor = 'openai' | 'gemini';

const OPENAI_MARK = 'openai.';
const GEMINI_MARK = 'gemini.';
const SIGNED_MARK = 'outerloop.signed.';
const REDACTED_MARK = 'outerloop.redacted.';

/** `encrypted_content` of OpenAI as the signature that other APIs' clients carry for us. */
export function markOpenaiProof(encrypted: string): string {
  return OPENAI_MARK + encrypted;
}

/** Undefined when the proof is another vendor's. */
export function readOpenaiProof(signature: string): string | undefined {
  return signature.startsWith(OPENAI_MARK) ? signature.slice(OPENAI_MARK.length) : undefined;
}

/** Gemini's `thoughtSignature` likewise. */
export function markGeminiProof(signature: string): string {
  return GEMINI_MARK + signature;
}

export function readGeminiProof(signature: string): string | undefined {
  return signature.startsWith(GEMINI_MARK) ? signature.slice(GEMINI_MARK.length) : undefined;
}

/** A proof of any vendor as the `encrypted_content` that clients of Responses carry for us. */
export function proofToEncryptedContent(proof: string, kind: 'signed' | 'redacted'): string {
  return readOpenaiProof(proof) ?? (kind === 'signed' ? SIGNED_MARK : REDACTED_MARK) + proof;
}

export function encryptedContentToProof(encrypted: string): {
  readonly kind: 'signed' | 'redacted' | 'openai';
  readonly proof: string;
} {
  if (encrypted.startsWith(SIGNED_MARK)) return { kind: 'signed', proof: encrypted.slice(SIGNED_MARK.length) };
  if (encrypted.startsWith(REDACTED_MARK)) return { kind: 'redacted', proof: encrypted.slice(REDACTED_MARK.length) };
  return { kind: 'openai', proof: markOpenaiProof(encrypted) };
}

/** The request without proofs that the upstream cannot check; reasoning that is readable stays, unsigned. */
export function fitProofs(request: ChatRequest, upstream: DialectCodec, warnings: Warnings): ChatRequest {
  const isForeign = (part: Part): boolean => {
    const vendor = markedVendor(part);
    return vendor !== undefined && vendor !== upstream.readsProofsOf;
  };
  if (!request.messages.some(({ parts }) => parts.some(isForeign))) return request;
  const fit = (part: Part): Part[] => {
    if (!isForeign(part)) return [part];
    if (part.type === 'reasoning') return part.text === '' ? [] : [{ type: 'reasoning', text: part.text }];
    warnings.add('Earlier reasoning was left out.');
    return [];
  };
  const messages = request.messages.map((message) => ({ ...message, parts: message.parts.flatMap(fit) }));
  // A turn that was nothing but encrypted reasoning is gone with it.
  return { ...request, messages: messages.filter(({ parts }, index) => parts.length > 0 || isEmpty(request, index)) };
}

function isEmpty({ messages }: ChatRequest, index: number): boolean {
  return messages[index]?.parts.length === 0;
}

/** Whose proof a part carries, where it is marked. */
function markedVendor(part: Part): ProofVendor | undefined {
  const proof = part.type === 'redacted-reasoning' ? part.data : part.type === 'reasoning' ? part.signature : undefined;
  if (proof === undefined) return undefined;
  if (readOpenaiProof(proof) !== undefined) return 'openai';
  return readGeminiProof(proof) === undefined ? undefined : 'gemini';
}
