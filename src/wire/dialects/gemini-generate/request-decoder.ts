import { defined } from '../../defined';
import { invalid } from '../../facts';
import { RawJson } from '../../json/raw';
import { asBoolean, asFilled, asList, asNumber, asObject, asObjects, asString, type JsonObject } from '../../json/read';
import type { ChatRequest, Message, ResponseFormat, ToolChoice, ToolDefinition } from '../../message';
import type { Warnings } from '../../warnings';
import { fromGeminiSchema } from './client-schema';
import { ContentsDecoder, readContents } from './contents-decoder';
import { bothSpellings, member } from './member';
import { decodeThinking } from './thinking';
import { hostedToolNames } from './tools';

const KNOWN_FIELDS = bothSpellings([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'cachedContent',
]);

const KNOWN_CONFIG = bothSpellings([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  '_responseJsonSchema',
  'thinkingConfig',
]);

/** Says nothing that is not so without it. */
const PLAIN_TEXT = 'text/plain';

/** A generateContent request to the neutral model. Throws GatewayError `invalid_request`. */
export function decodeRequest(body: JsonObject, warnings: Warnings): ChatRequest {
  for (const [field, value] of Object.entries(body)) {
    if (value !== null && !KNOWN_FIELDS.has(field)) warnings.dropped(field);
  }
  // A part of the prompt that only Gemini can read: without it the answer would be another one.
  if (member(body, 'cachedContent')) throw invalid('cachedContent', 'cannot be read by a model of another vendor');
  const calling = asObject(member(asObject(member(body, 'toolConfig')), 'functionCallingConfig'));
  return {
    messages: [...decodeSystem(body, warnings), ...decodeContents(body, warnings)],
    tools: onlyAllowed(
      asObjects(body['tools']).flatMap((tool) => decodeTools(tool, warnings)),
      calling,
    ),
    ...defined({ toolChoice: decodeToolChoice(calling) }),
    ...decodeConfig(asObject(member(body, 'generationConfig')) ?? {}, warnings),
  };
}

function decodeSystem(body: JsonObject, warnings: Warnings): readonly Message[] {
  const instruction = member(body, 'systemInstruction');
  const content = typeof instruction === 'string' ? { parts: [{ text: instruction }] } : asObject(instruction);
  if (content === undefined) return [];
  const [message] = new ContentsDecoder(warnings).decode({ ...content, role: 'system' }, 'systemInstruction');
  return message === undefined || message.parts.length === 0 ? [] : [message];
}

function decodeContents(body: JsonObject, warnings: Warnings): readonly Message[] {
  const decoder = new ContentsDecoder(warnings);
  return readContents(body).flatMap((content, index) => decoder.decode(content, `contents[${index}]`));
}

function decodeTools(tool: JsonObject, warnings: Warnings): readonly ToolDefinition[] {
  for (const name of hostedToolNames(tool)) warnings.dropped(`tool ${name}`);
  return asObjects(member(tool, 'functionDeclarations')).map((declaration, index) => {
    const name = asFilled(declaration['name']);
    if (name === undefined) throw invalid(`tools.functionDeclarations[${index}].name`, 'must be a string');
    const schema = member(declaration, 'parametersJsonSchema');
    const own = declaration['parameters'];
    const parameters = schema instanceof RawJson ? schema : own instanceof RawJson ? fromGeminiSchema(own) : undefined;
    return { name, ...defined({ description: asString(declaration['description']), parameters }) };
  });
}

function modeOf(calling: JsonObject | undefined): string | undefined {
  return asString(calling?.['mode'])?.toUpperCase();
}

function allowedNames(calling: JsonObject | undefined): readonly string[] {
  return asList(member(calling, 'allowedFunctionNames')).filter((name) => typeof name === 'string');
}

/** No other API has a list of functions to choose from. Those that it leaves out may not be called and need not be sent. */
function onlyAllowed(tools: readonly ToolDefinition[], calling: JsonObject | undefined): readonly ToolDefinition[] {
  const names = allowedNames(calling);
  const isList = modeOf(calling) === 'ANY' && names.length > 1;
  return isList ? tools.filter(({ name }) => names.includes(name)) : tools;
}

function decodeToolChoice(calling: JsonObject | undefined): ToolChoice | undefined {
  const [only, ...more] = allowedNames(calling);
  switch (modeOf(calling)) {
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      return only === undefined || more.length > 0 ? { type: 'required' } : { type: 'tool', name: only };
    case 'AUTO':
    case 'VALIDATED':
      return { type: 'auto' };
    default:
      return undefined;
  }
}

function decodeConfig(
  config: JsonObject,
  warnings: Warnings,
): Partial<ChatRequest> & Pick<ChatRequest, 'stopSequences'> {
  for (const [field, value] of Object.entries(config)) {
    if (value !== null && !KNOWN_CONFIG.has(field)) warnings.dropped(`generationConfig.${field}`);
  }
  const number = (name: string): number | undefined => asNumber(member(config, name));
  const logprobs = asBoolean(member(config, 'responseLogprobs'));
  const topLogprobs = number('logprobs');
  // Few APIs have these; those that do call Warnings.carried.
  if (logprobs === true) warnings.dropped('logprobs');
  if (topLogprobs !== undefined) warnings.dropped('top_logprobs');
  return {
    stopSequences: asList(member(config, 'stopSequences')).filter((stop) => typeof stop === 'string'),
    ...defined({
      temperature: number('temperature'),
      topP: number('topP'),
      topK: number('topK'),
      choiceCount: number('candidateCount'),
      maxOutputTokens: number('maxOutputTokens'),
      seed: number('seed'),
      presencePenalty: number('presencePenalty'),
      frequencyPenalty: number('frequencyPenalty'),
      logprobs,
      topLogprobs,
      responseFormat: decodeFormat(config, warnings),
      reasoning: decodeThinking(member(config, 'thinkingConfig')),
    }),
  };
}

function decodeFormat(config: JsonObject, warnings: Warnings): ResponseFormat | undefined {
  const type = asFilled(member(config, 'responseMimeType')) ?? PLAIN_TEXT;
  if (type === PLAIN_TEXT) return undefined;
  if (type !== 'application/json') {
    warnings.dropped(`responseMimeType ${type}`);
    return undefined;
  }
  const schema = member(config, 'responseJsonSchema') ?? member(config, '_responseJsonSchema');
  if (schema instanceof RawJson) return { type: 'json-schema', schema };
  const own = member(config, 'responseSchema');
  return own instanceof RawJson ? { type: 'json-schema', schema: fromGeminiSchema(own) } : { type: 'json-object' };
}
