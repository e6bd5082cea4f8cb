import type { Dialect } from '../dialect';
import { requestFacts, type FactMessage } from '../facts';
import { asObject, asString, type JsonObject } from '../json/read';
import { decodeAnswer } from './gemini-generate/answer-decoder';
import { encodeAnswer } from './gemini-generate/answer-encoder';
import { readContents, readParts } from './gemini-generate/contents-decoder';
import { geminiError, geminiStreamError, isGeminiError } from './gemini-generate/error';
import { bothSpellings, member } from './gemini-generate/member';
import { matchGeneratePath } from './gemini-generate/path';
import { decodeRequest } from './gemini-generate/request-decoder';
import { encodeRequest } from './gemini-generate/request-encoder';
import { GeminiStreamDecoder } from './gemini-generate/stream-decoder';
import { GeminiStreamEncoder } from './gemini-generate/stream-encoder';

/** Gemini's generateContent, on the developer API and on Vertex AI: https://ai.google.dev/api/generate-content */
export const dialect = {
  id: 'gemini.generate',
  paths: [],
  matchPath: matchGeneratePath,
  inspect: (body) => {
    const contents = readContents(body);
    const facts = requestFacts('gemini.generate', body, withSystem(body, contents), textsOf);
    return { ...facts, messageCount: contents.length };
  },
  renderError: geminiError,
  isOwnError: isGeminiError,
  renderStreamError: geminiStreamError,
  codec: {
    rawKeys: bothSpellings([
      'args',
      'response',
      'parameters',
      'parametersJsonSchema',
      'responseSchema',
      'responseJsonSchema',
      '_responseJsonSchema',
    ]),
    readsProofsOf: 'gemini',
    toolName: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
    decodeRequest,
    encodeRequest,
    decodeAnswer,
    encodeAnswer,
    createStreamDecoder: () => new GeminiStreamDecoder(),
    createStreamEncoder: (context) => new GeminiStreamEncoder(context),
  },
} satisfies Dialect;

function withSystem(body: JsonObject, contents: readonly JsonObject[]): readonly JsonObject[] {
  const instruction = member(body, 'systemInstruction');
  const content = typeof instruction === 'string' ? { parts: [{ text: instruction }] } : asObject(instruction);
  return content === undefined ? contents : [{ ...content, role: 'system' }, ...contents];
}

/** Results of functions travel inside user turns; only texts count. */
function textsOf(content: JsonObject): readonly FactMessage[] {
  const role = asString(content['role']) ?? 'user';
  const texts = readParts(content, 'contents').flatMap((part) => {
    const text = asString(part['text']);
    return text === undefined || text === '' || part['thought'] === true ? [] : [text];
  });
  return [{ role: role === 'model' ? 'assistant' : role, text: texts.join('\n') }];
}
