/** NDJSON jobs for `outerloop translate --batch`: one line in, one line out, in order. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GatewayError, isClientApiId, isUpstreamApiId, memberText } from '../wire';
import type { HeaderMap } from '../wire';
import { TRANSLATION_KINDS, translate, type TranslationJob, type TranslationOptions } from './translation';

type JsonObject = Readonly<Record<string, unknown>>;

/** Answers every line; a line that is no job gets an error and does not stop the others. Blank lines are skipped. */
export async function* translateBatch(input: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const lines = createInterface({ input: Readable.from(input), crlfDelay: Infinity });
  for await (const line of lines) {
    if (line.trim() !== '') yield await answerLine(line);
  }
}

async function answerLine(line: string): Promise<string> {
  let id: unknown = null;
  try {
    const fields = parseLine(line);
    id = fields['id'] ?? null;
    const job = readJob(fields, line);
    const { output, path, headers } = await translate(job);
    return printResult(id, job, output, { path, headers: Object.keys(headers).length > 0 ? headers : undefined });
  } catch (reason) {
    const { code, status, message, hint } = GatewayError.from(reason);
    return JSON.stringify({ id, error: { code, status, message: hint === '' ? message : `${message} ${hint}` } });
  }
}

/** JSON is embedded as the text it is, so that numbers and the order of keys stay; only its line breaks must go. */
function printResult(
  id: unknown,
  job: TranslationJob,
  output: Buffer,
  rest: { readonly path: string | undefined; readonly headers: HeaderMap | undefined },
): string {
  const text = job.kind === 'stream' ? undefined : jsonText(output);
  const shown = text ?? JSON.stringify(output.toString('base64'));
  const encoding = text === undefined ? 'base64' : 'json';
  const members = JSON.stringify({ encoding, ...rest }).slice(1);
  return `{"id":${JSON.stringify(id)},"output":${shown},${members}`;
}

function jsonText(output: Buffer): string | undefined {
  const text = output.toString('utf8').replace(/^\uFEFF/, '');
  try {
    JSON.parse(text);
    return text.replace(/[\r\n]+/g, ' ').trim();
  } catch {
    return undefined;
  }
}

function parseLine(line: string): JsonObject {
  const fields = asObject(parse(line));
  if (fields === undefined) throw new GatewayError('invalid_json', 'The line is not a JSON object.', { hint: '' });
  return fields;
}

function readJob(fields: JsonObject, line: string): TranslationJob {
  const kind = TRANSLATION_KINDS.find((known) => known === fields['kind']);
  if (kind === undefined) throw invalid('kind', `must be one of ${TRANSLATION_KINDS.join(', ')}`);
  const { client_api: client, upstream_api: upstream } = fields;
  if (typeof client !== 'string' || !isClientApiId(client)) throw invalid('client_api', 'is no API that clients call');
  if (typeof upstream !== 'string' || !isUpstreamApiId(upstream)) throw invalid('upstream_api', 'is no upstream API');
  const cuts = Array.isArray(fields['cuts']) ? fields['cuts'].filter((cut) => typeof cut === 'number') : [];
  const options = readOptions(asObject(fields['context']) ?? {});
  return { kind, client, upstream, input: readInput(fields, line), cuts, options };
}

/** `json`: the value's own source text, or the characters of a string (pages and event streams are no JSON). */
function readInput(fields: JsonObject, line: string): Buffer {
  const { input, encoding } = fields;
  if (input === undefined) throw invalid('input', 'is missing');
  if (encoding === 'base64') {
    if (typeof input !== 'string') throw invalid('input', 'must be a base64 string');
    return Buffer.from(input, 'base64');
  }
  if (encoding !== undefined && encoding !== 'json') throw invalid('encoding', 'must be json or base64');
  if (typeof input === 'string') return Buffer.from(input, 'utf8');
  return Buffer.from(memberText(Buffer.from(line, 'utf8'), 'input') ?? '', 'utf8');
}

function readOptions(context: JsonObject): TranslationOptions {
  const text = (key: string): string | undefined => {
    const value = context[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const flag = (key: string): boolean | undefined => {
    const value = context[key];
    return typeof value === 'boolean' ? value : undefined;
  };
  const status = Number(context['status'] ?? Number.NaN);
  const options: { [Key in keyof TranslationOptions]: TranslationOptions[Key] | undefined } = {
    requestModel: text('request_model'),
    modelOverride: text('model_override'),
    status: Number.isInteger(status) ? status : undefined,
    requestHeaders: readHeaders(context['request_headers']),
    responseHeaders: readHeaders(context['response_headers']),
    stream: flag('stream'),
    includeUsage: flag('include_usage'),
    region: text('region'),
    project: text('project'),
    apiVersion: text('api_version'),
    upstreamVendor: text('upstream_vendor'),
  };
  return withoutUndefined(options);
}

function withoutUndefined(options: {
  readonly [Key in keyof TranslationOptions]: TranslationOptions[Key] | undefined;
}): TranslationOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** An object of strings or lists of strings. */
function readHeaders(value: unknown): HeaderMap | undefined {
  const given = asObject(value);
  if (given === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => [
      name.toLowerCase(),
      Array.isArray(text) ? text.map(String).join(', ') : String(text),
    ]),
  );
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param} ${what}.`, { param, hint: '' });
}
