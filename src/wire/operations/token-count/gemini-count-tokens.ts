import type { TranslateContext } from '../../api';
import { dialect as messages } from '../../dialects/anthropic-messages';
import { dialect as gemini } from '../../dialects/gemini-generate';
import { parseJson, printJson } from '../../json/raw';
import { isObject, type JsonObject } from '../../json/read';
import { fitToolNames } from '../../tool-names';
import type { DirectTranslation } from '../../upstream-api';
import type { Warnings } from '../../warnings';
import { countTokensWith } from './token-count';

/** What Vertex counts of a request; it refuses the rest. */
const COUNTED_BY_VERTEX = ['contents', 'systemInstruction', 'tools', 'generationConfig'];

/** Gemini's developer API counts a whole request: https://ai.google.dev/api/tokens */
export const geminiCountTokens: DirectTranslation = countTokensWith((body, context, warnings) => {
  const model = `models/${context.upstreamModel}`;
  return { generateContentRequest: { model, ...generateRequest(body, context, warnings) } };
}, 'totalTokens');

/** Vertex counts the members of one: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens */
export const vertexCountTokens: DirectTranslation = countTokensWith((body, context, warnings) => {
  const members = Object.entries(generateRequest(body, context, warnings));
  return Object.fromEntries(members.filter(([name]) => COUNTED_BY_VERTEX.includes(name)));
}, 'totalTokens');

/** The request for an answer that these messages would become. */
function generateRequest(body: JsonObject, context: TranslateContext, warnings: Warnings): JsonObject {
  const withRawParts = parseJson(printJson(body), messages.codec.rawKeys);
  const decoded = messages.codec.decodeRequest(isObject(withRawParts) ? withRawParts : body, warnings);
  return gemini.codec.encodeRequest(fitToolNames(decoded, gemini.codec.toolName).request, context, warnings);
}
