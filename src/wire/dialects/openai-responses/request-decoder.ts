import { defined } from '../../defined';
import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asNumber, asObject, isObject, type JsonObject } from '../../json/read';
import type { ChatRequest, Message, ReasoningWish, ResponseFormat } from '../../message';
import type { Warnings } from '../../warnings';
import { onlyAllowed } from '../openai-chat/allowed-tools';
import { decodeInput } from './input-decoder';
import { decodeToolChoice, decodeTools } from './tools';

/** Fields with a meaning here, or without any for another host: what to store, what to include, how to page a stream. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'text',
  'reasoning',
  'user',
  'service_tier',
  'top_logprobs',
  'stream',
  'stream_options',
  'store',
  'include',
  'truncation',
]);

/** What only the vendor that keeps the conversation can read. */
const STORED_FIELDS = ['previous_response_id', 'conversation', 'prompt'] as const;

/** A Responses request to the neutral model. Fields without a neutral meaning become warnings. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  refuseStoredState(body);
  const tools = decodeTools(body['tools'], warnings);
  return {
    messages: [...decodeInstructions(body['instructions']), ...decodeInput(readInput(body), warnings)],
    tools: onlyAllowed(tools.functions, body['tool_choice']),
    stopSequences: [],
    ...defined({
      toolChoice: decodeToolChoice(body['tool_choice'], warnings),
      parallelToolCalls: asBoolean(body['parallel_tool_calls']),
      maxOutputTokens: asNumber(body['max_output_tokens']),
      temperature: asNumber(body['temperature']),
      topP: asNumber(body['top_p']),
      responseFormat: decodeFormat(asObject(asObject(body['text'])?.['format'])),
      reasoning: decodeReasoningWish(asObject(body['reasoning'])),
      userId: asFilled(body['user']),
      serviceTier: asFilled(body['service_tier']),
      ...decodeLogprobs(asNumber(body['top_logprobs']) ?? 0),
      otherTools: tools.others.length > 0 ? tools.others : undefined,
      otherFields: decodeOthers(body, warnings),
    }),
  };
}

/** `input` as items; a string is one user message, and an empty list the upstream's business. Throws GatewayError `invalid_request` that names the place. */
export function readInput(body: JsonObject): readonly JsonObject[] {
  const input = body['input'];
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  if (input === undefined || input === null) {
    if (STORED_FIELDS.some((key) => isGiven(body[key]))) return [];
    throw invalid('input', 'is missing');
  }
  if (!Array.isArray(input)) throw invalid('input', 'must be a string or an array of items');
  return input.map((item: unknown, index) => {
    if (typeof item === 'string') return { type: 'message', role: 'user', content: item };
    if (!isObject(item)) throw invalid(`input[${index}]`, 'must be an object');
    return item;
  });
}

function refuseStoredState(body: JsonObject): void {
  for (const key of STORED_FIELDS) {
    if (isGiven(body[key]))
      throw invalid(key, 'refers to what another vendor stored; send the whole conversation as input');
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Fields beyond the known ones, each with its warning; `verbosity` by the name that chat completions gives it. */
function decodeOthers(body: JsonObject, warnings: Warnings): JsonObject | undefined {
  const others = Object.entries(body).filter(([field, value]) => !KNOWN_FIELDS.has(field) && saysSomething(value));
  const verbosity = asFilled(asObject(body['text'])?.['verbosity']);
  if (verbosity !== undefined) others.push(['verbosity', verbosity]);
  for (const [field] of others) warnings.dropped(field);
  if (body['truncation'] === 'auto') warnings.dropped('truncation');
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}

function saysSomething(value: unknown): boolean {
  const isEmpty = isObject(value) && Object.keys(value).length === 0;
  return value !== null && value !== undefined && value !== false && !isEmpty;
}

/** Elsewhere, alternatives come only with the tokens' own probabilities. */
function decodeLogprobs(topLogprobs: number): Pick<ChatRequest, 'logprobs' | 'topLogprobs'> {
  return topLogprobs > 0 ? { logprobs: true, topLogprobs } : {};
}

function decodeInstructions(instructions: unknown): Message[] {
  const text = asFilled(instructions);
  return text === undefined ? [] : [{ role: 'system', parts: [{ type: 'text', text }] }];
}

function decodeFormat(format: JsonObject | undefined): ResponseFormat | undefined {
  if (format?.['type'] === 'json_object') return { type: 'json-object' };
  if (format?.['type'] !== 'json_schema') return undefined;
  // Clients that know chat completions only nest the schema.
  const described = asObject(format['json_schema']) ?? format;
  const schema = described['schema'];
  if (!(schema instanceof RawJson)) return { type: 'json-object' };
  return {
    type: 'json-schema',
    schema,
    ...defined({ name: asFilled(described['name']), strict: asBoolean(described['strict']) }),
  };
}

/** What to show of the reasoning (`summary`) is the encoder's business: every API shows what it has. */
function decodeReasoningWish(reasoning: JsonObject | undefined): ReasoningWish | undefined {
  const effort = asFilled(reasoning?.['effort']);
  return effort === undefined ? undefined : { effort };
}
