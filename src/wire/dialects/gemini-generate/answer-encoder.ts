import { answerIdentity, type AnswerIdentity } from '../../answer-identity';
import type { TranslateResponseContext } from '../../api';
import { RawJson } from '../../json/raw';
import type { JsonObject } from '../../json/read';
import type { Answer, Choice, Part } from '../../message';
import { argumentsObject } from './contents-encoder';
import { encodeLogprobs } from './logprobs';
import { encodeMedia } from './media';
import { proofToThoughtSignature } from './signature';
import { encodeStop, encodeUsage } from './vocabulary';

/** A neutral answer as generateContent gives it. */
export function encodeAnswer(answer: Answer, context: TranslateResponseContext): JsonObject {
  return {
    candidates: answer.choices.map(encodeCandidate),
    ...(answer.usage === undefined ? {} : { usageMetadata: encodeUsage(answer.usage) }),
    ...identityMembers(answerIdentity(answer, '', context)),
  };
}

export function identityMembers({ id, model }: AnswerIdentity): JsonObject {
  return { modelVersion: model, responseId: id };
}

function encodeCandidate({ index, parts, stop, logprobs }: Choice): JsonObject {
  const refuses = parts.some((part) => part.type === 'refusal');
  return {
    content: { role: 'model', parts: parts.flatMap(encodePart) },
    finishReason: encodeStop(refuses ? 'refusal' : (stop ?? 'end')),
    index,
    ...(logprobs === undefined ? {} : { logprobsResult: encodeLogprobs(logprobs) }),
  };
}

function encodePart(part: Part): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      return part.signature === undefined && part.text === '' ? [] : [thoughtPart(part.text, part.signature)];
    case 'redacted-reasoning':
      return [redactedPart(part.data)];
    case 'tool-call':
      return [callPart(part.id, part.name, part.argumentsText)];
    case 'image':
    case 'document':
    case 'audio':
      return part.source.kind === 'base64' ? [encodeMedia(part.type, part.source)] : [];
    default:
      return [];
  }
}

export function thoughtPart(text: string, proof: string | undefined): JsonObject {
  const signed = proof === undefined ? {} : { thoughtSignature: proofToThoughtSignature(proof, 'signed') };
  return { text, thought: true, ...signed };
}

export function redactedPart(data: string): JsonObject {
  return { text: '', thought: true, thoughtSignature: proofToThoughtSignature(data, 'redacted') };
}

/** Arguments must be an object here; a text that is none cannot be shown. */
export function callPart(id: string, name: string, argumentsText: string): JsonObject {
  return { functionCall: { id, name, args: argumentsObject(argumentsText) ?? new RawJson('{}') } };
}
