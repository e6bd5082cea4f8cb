/*
 * Proofs of reasoning travel through clients that know nothing of their vendor: a signature of one vendor may come back in
 * a conversation that now goes to another one, which would refuse the whole request. Proofs that OpenAI encrypted are
 * therefore marked. A full stop occurs in no vendor's own proofs, which are base64.
 */

const OPENAI_MARK = 'openai.';
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
