import type { EarlierAnswer, RenderedRequest, RequestWire, TranslateContext } from './api';
import { applyQuirks } from './body-quirks';
import { defined } from './defined';
import { withUsageDemanded } from './demanded-usage';
import { findDialect } from './dialect-registry';
import { GatewayError } from './errors';
import { invalid } from './facts';
import { parseRequestBody } from './json/body';
import { printJson } from './json/raw';
import type { JsonObject } from './json/read';
import { insertBeforeLast, memberText, removeMembers, setStringMember } from './json/splice';
import { fitProofs } from './reasoning-proof';
import { fitToolNames } from './tool-names';
import type { UpstreamApi } from './upstream-api';
import { findUpstreamApi, translationBetween, type Translation } from './upstream-registry';
import { Warnings } from './warnings';

/** Request work on the calling thread. Bodies that are not small belong on a worker (ports/adapters/request-wire-worker). */
export const inlineRequestWire: RequestWire = {
  inspect: (dialect, body) => settle(() => findDialect(dialect).inspect(parseRequestBody(body))),

  render: (from, to, body, context) =>
    settle(() => {
      const api = findUpstreamApi(to, from);
      const translation = translationBetween(from, api);
      const warnings = new Warnings();
      const { encoded, ...rest } = encode(translation, body, context, warnings);
      const isNative = translation.kind === 'native';
      return {
        body: spliced(() => wrapped(encoded, api, { ...context, isNative })),
        warnings: warnings.list(),
        ...defined({
          path: pathOf(api, context),
          headers: api.headers?.(context),
        }),
        ...rest,
      };
    }),

  withEarlierAnswers: (body, answers) => settle(() => spliced(() => spliceAnswers(body, answers))),
};

interface Encoded extends Pick<RenderedRequest, 'toolNames' | 'remembered'> {
  readonly encoded: Buffer;
}

/** The caller's body in the upstream's dialect. */
function encode(translation: Translation, body: Buffer, context: TranslateContext, warnings: Warnings): Encoded {
  switch (translation.kind) {
    case 'native':
      return { encoded: body };
    case 'direct': {
      const { request, remember } = translation.direct;
      const parsed = parseRequestBody(body);
      const encoded = printed(request(parsed, context, warnings));
      return { encoded, ...defined({ remembered: remember?.(parsed) }) };
    }
    case 'codecs': {
      const { client, upstream } = translation;
      const parsed = parseRequestBody(body, client.rawKeys);
      const { request, names } = fitToolNames(client.decodeRequest(parsed, warnings), upstream.toolName);
      return {
        encoded: printed(upstream.encodeRequest(fitProofs(request, upstream, warnings), context, warnings)),
        ...(Object.keys(names).length > 0 ? { toolNames: names } : {}),
        ...defined({ remembered: client.remember?.(parsed) }),
      };
    }
  }
}

/** What the upstream API wants around its dialect. */
function wrapped(body: Buffer, api: UpstreamApi, context: TranslateContext & { readonly isNative: boolean }): Buffer {
  const spelled = context.quirks === undefined ? body : applyQuirks(body, context.quirks);
  const named = withModel(spelled, api, context.upstreamModel);
  const asking = context.demandUsage === true && context.isNative ? withUsageDemanded(named) : named;
  return api.adaptRequest === undefined ? asking : api.adaptRequest(asking, context);
}

/** Undefined where a path needs a model that nobody has named. */
function pathOf(api: UpstreamApi, context: TranslateContext): string | undefined {
  try {
    return api.path(context);
  } catch (reason) {
    if (context.upstreamModel === '') return undefined;
    throw reason;
  }
}

/** A request that names no model keeps naming none: which one is meant is then said elsewhere. */
function withModel(body: Buffer, api: UpstreamApi, model: string): Buffer {
  if (model === '') return memberText(body, 'model') === '""' ? removeMembers(body, ['model']) : body;
  switch (api.model) {
    case 'set':
      return setStringMember(body, 'model', model);
    case 'removed':
      return removeMembers(body, ['model']);
    case 'untouched':
      return body;
  }
}

function printed(body: JsonObject): Buffer {
  return Buffer.from(printJson(body), 'utf8');
}

function spliceAnswers(body: Buffer, answers: readonly EarlierAnswer[]): Buffer {
  if (answers.length === 0) return body;
  const messages = answers.map(({ name, text }) => JSON.stringify({ role: 'assistant', name, content: text }));
  const result = insertBeforeLast(body, 'messages', { key: 'role', value: 'user' }, messages);
  if (result === undefined) throw invalid('messages', 'must be an array of messages');
  return result;
}

/** The scanner trusts its input; a body that never went through inspect may still be broken. */
function spliced(splice: () => Buffer): Buffer {
  try {
    return splice();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new GatewayError('invalid_json', 'The request body is not valid JSON.');
    throw cause;
  }
}

/** Synchronous work behind a promise: failing means rejecting, with a GatewayError whatever it was. */
function settle<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (reason) {
    // V8 reports recursion beyond its stack like this; only hostile bodies nest that deeply.
    const isTooDeep = reason instanceof RangeError;
    if (!isTooDeep) return Promise.reject(GatewayError.from(reason));
    return Promise.reject(
      new GatewayError('invalid_request', 'The request body is nested too deeply.', { cause: reason }),
    );
  }
}
