import type { TranslateContext } from '../../api';
import { defined } from '../../defined';
import { asObject, type JsonObject } from '../../json/read';
import type { ChatRequest, ResponseFormat } from '../../message';
import type { Warnings } from '../../warnings';
import { ContentsEncoder } from './contents-encoder';
import { generationOf, takesJsonSchema, type Generation } from './generation';
import { member, snakeCase } from './member';
import { toGeminiSchema } from './schema';
import { encodeThinking } from './thinking';
import { encodeToolConfig, encodeTools } from './tools';

const MAX_STOP_SEQUENCES = 5;
const MAX_INT32 = 2_147_483_647;

/** Members of Gemini's own requests that clients of other APIs may add to theirs. */
const OWN_FIELDS = ['safetySettings', 'labels', 'cachedContent'] as const;

/** A neutral request as a generateContent body; model and stream are in the path. */
export function encodeRequest(request: ChatRequest, context: TranslateContext, warnings: Warnings): JsonObject {
  const generation = generationOf(context.upstreamModel);
  const { contents, system } = new ContentsEncoder(generation, warnings).add(request.messages);
  const tools = encodeTools(request, generation, warnings);
  const config = generationConfig(request, generation, warnings);
  const hasFunctions = tools.some((tool) => tool['functionDeclarations'] !== undefined);
  warnDropped(request, warnings);
  return {
    // A request must have contents; system text alone gets a blank one to answer.
    contents: contents.length > 0 || system.length === 0 ? contents : [{ role: 'user', parts: [{ text: ' ' }] }],
    ...defined({
      systemInstruction: system.length > 0 ? { parts: system } : undefined,
      tools: tools.length > 0 ? tools : undefined,
      toolConfig: hasFunctions ? encodeToolConfig(request.toolChoice) : undefined,
      generationConfig: Object.keys(config).length > 0 ? config : undefined,
    }),
    ...ownFields(request, warnings),
  };
}

function generationConfig(request: ChatRequest, generation: Generation, warnings: Warnings): JsonObject {
  if (request.logprobs !== undefined) warnings.carried('logprobs');
  if (request.topLogprobs !== undefined) warnings.carried('top_logprobs');
  return {
    ...defined({
      temperature: request.temperature,
      topP: request.topP,
      topK: request.topK,
      candidateCount: request.choiceCount,
      maxOutputTokens: request.maxOutputTokens,
      stopSequences: encodeStops(request.stopSequences, warnings),
      seed: encodeSeed(request.seed, warnings),
      presencePenalty: request.presencePenalty,
      frequencyPenalty: request.frequencyPenalty,
      responseLogprobs: request.logprobs,
      logprobs: request.topLogprobs,
      thinkingConfig: encodeThinking(request.reasoning, generation, warnings),
    }),
    ...encodeFormat(request.responseFormat, generation),
    ...guidedFormat(request, warnings),
    ...ownGenerationConfig(request, warnings),
  };
}

function encodeStops(stops: readonly string[], warnings: Warnings): readonly string[] | undefined {
  const usable = stops.filter((stop) => stop !== '');
  if (usable.length > MAX_STOP_SEQUENCES) warnings.add('Only the first 5 stop sequences were kept.');
  return usable.length > 0 ? usable.slice(0, MAX_STOP_SEQUENCES) : undefined;
}

function encodeSeed(seed: number | undefined, warnings: Warnings): number | undefined {
  if (seed === undefined || (Number.isInteger(seed) && Math.abs(seed) <= MAX_INT32)) return seed;
  warnings.add('seed was left out: the model takes whole numbers of 32 bits.');
  return undefined;
}

function encodeFormat(format: ResponseFormat | undefined, generation: Generation): JsonObject {
  if (format === undefined) return {};
  const responseMimeType = 'application/json';
  if (format.type === 'json-object') return { responseMimeType };
  return takesJsonSchema(generation)
    ? { responseMimeType, responseJsonSchema: format.schema }
    : { responseMimeType, responseSchema: toGeminiSchema(format.schema) };
}

/** Constrained output in the words of vLLM, which gateways in front of Gemini took over. */
function guidedFormat({ otherFields = {} }: ChatRequest, warnings: Warnings): JsonObject {
  const { guided_choice: choice, guided_regex: pattern, guided_json: schema } = otherFields;
  if (Array.isArray(choice)) {
    warnings.carried('guided_choice');
    return { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: choice } };
  }
  if (typeof pattern === 'string') {
    warnings.carried('guided_regex');
    return { responseMimeType: 'application/json', responseSchema: { type: 'STRING', pattern } };
  }
  if (schema === undefined) return {};
  warnings.carried('guided_json');
  return { responseMimeType: 'application/json', responseJsonSchema: schema };
}

/** A caller's own generationConfig beside the fields of its API goes first. */
function ownGenerationConfig(request: ChatRequest, warnings: Warnings): JsonObject {
  const config = asObject(ownField(request, 'generationConfig', warnings));
  const thinkingConfig = compatibleThinking(request, warnings);
  return { ...(thinkingConfig === undefined ? {} : { thinkingConfig }), ...config };
}

/** Where Gemini's OpenAI-compatible API takes it: `extra_body: {google: {thinking_config}}`. */
function compatibleThinking({ otherFields = {} }: ChatRequest, warnings: Warnings): JsonObject | undefined {
  const google = asObject(member(asObject(otherFields['extra_body']), 'google')) ?? asObject(otherFields['google']);
  const config = asObject(member(google, 'thinkingConfig'));
  if (config === undefined) return undefined;
  warnings.carried(otherFields['extra_body'] === undefined ? 'google' : 'extra_body');
  return {
    ...defined({
      thinkingBudget: member(config, 'thinkingBudget'),
      thinkingLevel: member(config, 'thinkingLevel'),
      includeThoughts: member(config, 'includeThoughts'),
    }),
  };
}

function ownFields(request: ChatRequest, warnings: Warnings): JsonObject {
  return defined(Object.fromEntries(OWN_FIELDS.map((name) => [name, ownField(request, name, warnings)])));
}

/** A field of Gemini's in either spelling. */
function ownField({ otherFields = {} }: ChatRequest, name: string, warnings: Warnings): unknown {
  const spelling = otherFields[name] === undefined ? snakeCase(name) : name;
  const value = otherFields[spelling];
  if (value !== undefined) warnings.carried(spelling);
  return value;
}

function warnDropped(request: ChatRequest, warnings: Warnings): void {
  if (request.parallelToolCalls === false) warnings.dropped('parallel_tool_calls');
  if (request.userId !== undefined) warnings.dropped('user');
  if (request.serviceTier !== undefined) warnings.dropped('service_tier');
  if (request.messages.some(({ name }) => name !== undefined)) warnings.dropped('messages[].name');
  const hasCacheHint = request.messages.some(({ parts }) => parts.some((part) => 'cache' in part));
  if (hasCacheHint || request.tools.some((tool) => tool.cache !== undefined))
    warnings.add('Cache hints were left out.');
}
