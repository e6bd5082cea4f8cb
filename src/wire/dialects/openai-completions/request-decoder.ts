import { defined } from '../../defined';
import { invalid } from '../../facts';
import { asFilled, asList, asNumber, type JsonObject } from '../../json/read';
import type { ChatRequest } from '../../message';
import type { Warnings } from '../../warnings';

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'max_tokens',
  'temperature',
  'top_p',
  'n',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'user',
  'echo',
  'stream',
  'stream_options',
]);

/** A completion of one text as a conversation of one user message. Fields without a neutral meaning become warnings. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  const others = Object.entries(body).filter(
    ([field, value]) => !KNOWN_FIELDS.has(field) && saysSomething(field, value),
  );
  for (const [field] of others) warnings.dropped(field);
  const logprobs = asNumber(body['logprobs']);
  return {
    messages: [{ role: 'user', parts: [{ type: 'text', text: readPrompt(body) }] }],
    tools: [],
    stopSequences: asTexts(body['stop']),
    ...defined({
      maxOutputTokens: asNumber(body['max_tokens']),
      temperature: asNumber(body['temperature']),
      topP: asNumber(body['top_p']),
      choiceCount: asNumber(body['n']),
      seed: asNumber(body['seed']),
      frequencyPenalty: asNumber(body['frequency_penalty']),
      presencePenalty: asNumber(body['presence_penalty']),
      logprobs: logprobs === undefined ? undefined : true,
      topLogprobs: logprobs,
      userId: asFilled(body['user']),
      otherFields: others.length > 0 ? Object.fromEntries(others) : undefined,
    }),
  };
}

/** Texts of a `prompt`: a string, a list of strings; tokens say nothing to us. */
export function promptTexts(prompt: unknown): readonly string[] {
  return asTexts(prompt);
}

/** `echo`: the answer begins with the prompt. */
export function remember(body: JsonObject): JsonObject | undefined {
  return body['echo'] === true ? { echo: promptTexts(body['prompt']).join('') } : undefined;
}

function readPrompt(body: JsonObject): string {
  const prompt = body['prompt'];
  if (prompt === undefined || prompt === null) throw invalid('prompt', 'is missing');
  const texts = promptTexts(prompt);
  const [text] = texts;
  if (text === undefined) throw invalid('prompt', 'must be text: tokens cannot be read by this model');
  if (texts.length > 1) throw invalid('prompt', 'must be one text: this model completes one at a time');
  return text;
}

function asTexts(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : asList(value).filter((entry) => typeof entry === 'string');
}

/** False for defaults that clients like to spell out. */
function saysSomething(field: string, value: unknown): boolean {
  if (field === 'best_of') return value !== 1;
  return value !== null && value !== undefined && value !== false && value !== '';
}
