import { readEvents } from './stream-conformance';

type Json = Record<string, unknown>;

/** Rules of streamGenerateContent, checked on what a client would see: https://ai.google.dev/api/generate-content */
export function geminiViolations(text: string): readonly string[] {
  const broken: string[] = [];
  const events = readEvents(text);
  if (events.some(({ event }) => event !== undefined)) broken.push('an event has a name');
  const chunks = events.map(({ data }) => JSON.parse(data) as Json);
  const isFailed = chunks.at(-1)?.['error'] !== undefined;
  const answers = isFailed ? chunks.slice(0, -1) : chunks;
  if (answers.some((chunk) => chunk['error'] !== undefined)) broken.push('an error before the end');
  if (isFailed) broken.push(...errorViolations(chunks.at(-1)?.['error'] as Json));
  for (const key of ['responseId', 'modelVersion']) {
    if (new Set(answers.map((chunk) => chunk[key])).size > 1) broken.push(`${key} changes`);
  }
  if (answers.slice(0, -1).some((chunk) => chunk['usageMetadata'] !== undefined)) broken.push('usage before the end');
  const candidates = answers.flatMap((chunk) => list(chunk['candidates']));
  for (const index of new Set(candidates.map((candidate) => candidate['index']))) {
    const steps = candidates.filter((candidate) => candidate['index'] === index);
    const finishes = steps.filter((candidate) => candidate['finishReason'] !== undefined);
    if (finishes.length !== (isFailed ? 0 : 1)) broken.push('not one finishReason');
    if (!isFailed && steps.at(-1) !== finishes[0]) broken.push('content behind finishReason');
  }
  for (const part of candidates.flatMap((candidate) => list((candidate['content'] as Json)['parts']))) {
    broken.push(...partViolations(part));
  }
  return broken;
}

function errorViolations(error: Json): readonly string[] {
  const isWhole =
    typeof error['code'] === 'number' && typeof error['message'] === 'string' && typeof error['status'] === 'string';
  return isWhole ? [] : ['an error without code, message and status'];
}

function partViolations(part: Json): readonly string[] {
  const call = part['functionCall'] as Json | undefined;
  if (call === undefined) return typeof part['text'] === 'string' ? [] : ['a part that says nothing'];
  const { name, args } = call;
  const isWhole = typeof name === 'string' && typeof args === 'object' && args !== null && !Array.isArray(args);
  return isWhole ? [] : ['a call without name and arguments'];
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
