/**
 * One translation as the gateway would do it, without a network: the same functions of `wire` and the same vendor rows
 * as on the way of a request. Used by `outerloop translate`, one by one and in batches.
 */
import { randomUUID } from 'node:crypto';
import { bodyQuirks, findProvider, upstreamPath } from '../providers/registry';
import { createResponseTranslator, inlineRequestWire, statusOfError } from '../wire';
import type { DialectId, HeaderMap, RequestFacts, TranslateContext, UpstreamApiId } from '../wire';

export const TRANSLATION_KINDS = ['request', 'response', 'stream', 'error'] as const;

/** request: from the client to the upstream; the others: what the upstream answered, for the client. */
export type TranslationKind = (typeof TRANSLATION_KINDS)[number];

export interface TranslationJob {
  readonly kind: TranslationKind;
  /** Who asks, in every kind. */
  readonly client: DialectId;
  readonly upstream: UpstreamApiId;
  /** What the client sent (request), or what the upstream sent. */
  readonly input: Buffer;
  /** Offsets at which the input is handed over in pieces. */
  readonly cuts: readonly number[];
  readonly options: TranslationOptions;
}

/** What the gateway knows besides the body. */
export interface TranslationOptions {
  readonly requestModel?: string;
  /** Model sent upstream instead of the one asked for. */
  readonly modelOverride?: string;
  /** Status of the upstream's answer. */
  readonly status?: number;
  readonly requestHeaders?: HeaderMap;
  readonly responseHeaders?: HeaderMap;
  /** Whether the client asked for a stream, where its body does not say (Gemini). */
  readonly stream?: boolean;
  readonly includeUsage?: boolean;
  readonly region?: string;
  readonly project?: string;
  readonly apiVersion?: string;
  readonly upstreamVendor?: string;
}

export interface TranslationResult {
  readonly output: Buffer;
  /** Requests: where the call goes. */
  readonly path?: string;
  /** Headers that we set, without credentials. */
  readonly headers: HeaderMap;
  /** What could not be carried over. */
  readonly warnings: readonly string[];
}

/** Rejects with GatewayError for a request that cannot be translated; answers always become something. */
export async function translate(job: TranslationJob): Promise<TranslationResult> {
  return job.kind === 'request' ? translateRequest(job) : translateAnswer(job);
}

async function translateRequest({ client, upstream, input, options }: TranslationJob): Promise<TranslationResult> {
  const facts = await inlineRequestWire.inspect(client, input);
  const context = withQuirks(requestContext(options, facts), upstream);
  const { body, path, headers = {}, warnings } = await inlineRequestWire.render(client, upstream, input, context);
  const place = vendorPath(client, upstream, context) ?? path;
  return { output: body, headers, warnings, ...(place === undefined ? {} : { path: place }) };
}

function requestContext(options: TranslationOptions, facts: RequestFacts): TranslateContext {
  const upstreamModel = options.modelOverride ?? facts.model ?? options.requestModel ?? '';
  return {
    ...cloudOf(options),
    requestModel: options.requestModel ?? facts.model ?? upstreamModel,
    upstreamModel,
    stream: facts.stream || options.stream === true,
    includeUsage: facts.includeUsage || options.includeUsage === true,
  };
}

/** Vendors spell the dialects that many speak in ways of their own. */
function withQuirks(context: TranslateContext, upstream: UpstreamApiId): TranslateContext {
  const provider = context.upstreamVendor === undefined ? undefined : findProvider(context.upstreamVendor);
  const quirks = provider === undefined ? undefined : bodyQuirks(provider, upstream, context.upstreamModel);
  return quirks === undefined ? context : { ...context, quirks };
}

/** Vendors put the dialects that many speak at paths of their own. */
function vendorPath(client: DialectId, upstream: UpstreamApiId, context: TranslateContext): string | undefined {
  const provider = context.upstreamVendor === undefined ? undefined : findProvider(context.upstreamVendor);
  const row = provider?.dialects.find(({ dialect, api }) => (api ?? dialect) === upstream);
  if (provider === undefined || row === undefined) return undefined;
  const { upstreamModel: modelId, stream } = context;
  return upstreamPath(provider, { ...row, client, basePath: undefined, modelId, stream });
}

function translateAnswer({ kind, client, upstream, input, cuts, options }: TranslationJob): TranslationResult {
  const { responseHeaders = {}, requestModel = '' } = options;
  const contentType = responseHeaders['content-type'];
  const translator = createResponseTranslator({
    ...cloudOf(options),
    responseHeaders,
    requestModel,
    upstreamModel: options.modelOverride ?? requestModel,
    stream: kind === 'stream',
    includeUsage: options.includeUsage === true,
    client,
    upstream,
    status: statusFor(kind, options, input),
    contentType,
    answerId: randomUUID(),
    createdSeconds: Math.floor(Date.now() / 1000),
  });
  const pieces = cutAt(input, cuts).map((piece) => translator.push(piece));
  const output = Buffer.concat([...pieces, translator.end(false)]);
  // What passes as it came keeps its headers too.
  const isPassed = output.equals(input) && translator.contentType === (contentType ?? translator.contentType);
  const headers = isPassed ? {} : { 'content-type': translator.contentType };
  return { output, headers, warnings: [] };
}

function statusFor(kind: TranslationKind, { status, responseHeaders }: TranslationOptions, input: Buffer): number {
  const isSuccess = status === undefined || status < 400;
  return kind === 'error' && isSuccess ? statusOfError(input, responseHeaders) : (status ?? 200);
}

function cloudOf(options: TranslationOptions): Partial<TranslateContext> {
  const { requestHeaders, region, project, apiVersion, upstreamVendor } = options;
  return {
    ...(requestHeaders === undefined ? {} : { requestHeaders }),
    ...(region === undefined ? {} : { region }),
    ...(project === undefined ? {} : { project }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(upstreamVendor === undefined ? {} : { upstreamVendor }),
  };
}

function cutAt(input: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts)].filter((cut) => cut > 0 && cut < input.length).sort((a, b) => a - b);
  return [0, ...places].map((start, index) => input.subarray(start, places[index] ?? input.length));
}
