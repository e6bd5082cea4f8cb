import type { TranslateResponseContext } from '../../api';
import { defined } from '../../defined';
import { invalid } from '../../facts';
import { asBoolean, asFilled, asList, asNumber, isObject, type JsonObject } from '../../json/read';
import type { EmbeddingClient, EmbeddingInput, EmbeddingRequest, Vector } from './embedding';

/** OpenAI's own fields, and the ones that vendors' users add to them, in the spellings that are around. */
const NAMES = {
  dimensions: ['dimensions', 'output_dimension', 'output_dimensionality', 'outputDimensionality'],
  purpose: ['task_type', 'taskType', 'input_type', 'embedding_purpose', 'embeddingPurpose'],
  title: ['title'],
  truncation: ['truncate', 'truncation_mode', 'truncationMode'],
  autoTruncate: ['auto_truncate', 'autoTruncate'],
  normalize: ['normalize'],
  formats: ['embedding_types', 'embeddingTypes'],
} as const;

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'input',
  'encoding_format',
  // Says who asks, not what.
  'user',
  ...Object.values(NAMES).flat(),
]);

/** Clients of OpenAI's embeddings: https://platform.openai.com/docs/api-reference/embeddings */
export const openaiEmbeddings: EmbeddingClient = {
  decodeRequest(body, warnings): EmbeddingRequest {
    for (const [field, value] of Object.entries(body)) {
      if (value !== null && !KNOWN_FIELDS.has(field)) warnings.dropped(field);
    }
    const title = asFilled(valueOf(body, NAMES.title));
    const inputs = readInputs(body['input']).map((input) => {
      return title === undefined || input.kind === 'tokens' ? input : { title, ...input };
    });
    return {
      inputs,
      ...defined({
        dimensions: asNumber(valueOf(body, NAMES.dimensions)),
        purpose: asFilled(valueOf(body, NAMES.purpose)),
        truncation: readTruncation(body),
        normalize: asBoolean(valueOf(body, NAMES.normalize)),
        formats: readFormats(body),
      }),
    };
  },

  remember: (body) => (wantsBase64(body) ? { base64: true } : undefined),

  encodeAnswer({ vectors, inputTokens = 0 }, context): JsonObject {
    const isBase64 = context.remembered?.['base64'] === true;
    return {
      object: 'list',
      data: vectors.map((vector, index) => {
        return { object: 'embedding', index, embedding: isBase64 ? base64Of(vector) : vector };
      }),
      model: modelName(context),
      // A required member of this API, even where the upstream counts nothing.
      usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
    };
  },
};

/**
 * `input`: a text, texts, token ids, or lists of token ids; objects `{content, task_type, title}` for vendors that take
 * these per text. Throws GatewayError `invalid_request` for numbers, mixed lists and everything else.
 */
export function readInputs(input: unknown): readonly EmbeddingInput[] {
  if (input === undefined || input === null) throw invalid('input', 'is missing');
  if (typeof input === 'string') return [{ kind: 'text', text: input }];
  if (isObject(input)) return readItem(input, 'input');
  if (!Array.isArray(input)) throw invalid('input', FORMS);
  if (input.length === 0) throw invalid('input', 'must hold at least one text');
  const entries: readonly unknown[] = input;
  if (isTokens(entries)) return [{ kind: 'tokens', tokens: entries }];
  if (entries.every((entry) => typeof entry === 'string')) return entries.map((text) => ({ kind: 'text', text }));
  if (entries.every(isTokenList)) return entries.map((tokens) => ({ kind: 'tokens', tokens }));
  if (entries.every(isObject)) return entries.flatMap((item, index) => readItem(item, `input[${index}]`));
  throw invalid('input', FORMS);
}

const FORMS = 'must be a text, a list of texts, or token ids, and not a mixture of them';

function isTokens(entries: readonly unknown[]): entries is readonly number[] {
  return entries.length > 0 && entries.every((entry) => Number.isInteger(entry) && Number(entry) >= 0);
}

function isTokenList(value: unknown): value is readonly number[] {
  return Array.isArray(value) && isTokens(value);
}

function readItem(item: JsonObject, place: string): readonly EmbeddingInput[] {
  const content = item['content'] ?? item['text'];
  const texts = typeof content === 'string' ? [content] : asList(content);
  const more = defined({
    purpose: asFilled(valueOf(item, NAMES.purpose)),
    title: asFilled(item['title']),
  });
  if (texts.length === 0) throw invalid(`${place}.content`, 'must be a text');
  return texts.map((text) => {
    if (typeof text !== 'string') throw invalid(`${place}.content`, 'must be a text');
    return { kind: 'text', text, ...more };
  });
}

/** The first of several spellings that is there. */
function valueOf(body: JsonObject, names: readonly string[]): unknown {
  return names.map((name) => body[name]).find((value) => value !== undefined && value !== null);
}

/** Cohere's NONE, START, END (and the newer LEFT, RIGHT), or Google's yes and no. */
function readTruncation(body: JsonObject): EmbeddingRequest['truncation'] | undefined {
  switch (asFilled(valueOf(body, NAMES.truncation))?.toLowerCase()) {
    case 'none':
      return 'none';
    case 'start':
    case 'left':
      return 'start';
    case 'end':
    case 'right':
      return 'end';
    default:
  }
  const isAutomatic = asBoolean(valueOf(body, NAMES.autoTruncate));
  if (isAutomatic === undefined) return undefined;
  return isAutomatic ? 'end' : 'none';
}

/** `encoding_format` names a number format too; base64 is floats in another spelling, and ours to make. */
function readFormats(body: JsonObject): readonly string[] | undefined {
  const listed = valueOf(body, NAMES.formats) ?? body['encoding_format'];
  const formats = (typeof listed === 'string' ? [listed] : asList(listed)).filter((entry) => typeof entry === 'string');
  if (formats.length === 0) return undefined;
  return [...new Set(formats.map((format) => (format === 'base64' ? 'float' : format)))];
}

function wantsBase64(body: JsonObject): boolean {
  return body['encoding_format'] === 'base64';
}

/** 32-bit floats, lowest byte first, as OpenAI's clients read them. */
function base64Of(vector: Vector): string {
  if (typeof vector === 'string') return vector;
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT));
  return bytes.toString('base64');
}

/** These upstreams do not say which model answered. */
function modelName({ requestModel, upstreamModel }: TranslateResponseContext): string {
  return requestModel === '' ? upstreamModel : requestModel;
}
