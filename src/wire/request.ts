import type { DialectId, EarlierAnswer, RenderedRequest, RequestWire, TranslateContext } from './api';
import { codecsBetween, findDialect } from './dialect-registry';
import { GatewayError } from './errors';
import { invalid } from './facts';
import { parseRequestBody } from './json/body';
import { printJson } from './json/raw';
import { insertBeforeLast, setStringMember } from './json/splice';
import { fitToolNames } from './tool-names';
import { Warnings } from './warnings';

/** Request work on the calling thread. Bodies that are not small belong on a worker (ports/adapters/request-wire-worker). */
export const inlineRequestWire: RequestWire = {
  inspect: (dialect, body) => settle(() => findDialect(dialect).inspect(parseRequestBody(body))),

  render: (from, to, body, context) =>
    settle(() => {
      if (from !== to) return translated(from, to, body, context);
      return { body: spliced(() => setStringMember(body, 'model', context.upstreamModel)), warnings: [] };
    }),

  withEarlierAnswers: (body, answers) => settle(() => spliced(() => spliceAnswers(body, answers))),
};

function translated(from: DialectId, to: DialectId, body: Buffer, context: TranslateContext): RenderedRequest {
  const { source, target } = codecsBetween(from, to);
  const warnings = new Warnings();
  const decoded = source.decodeRequest(parseRequestBody(body, source.rawKeys), warnings);
  const { request, names } = fitToolNames(decoded, target.toolName);
  const encoded = target.encodeRequest(request, context, warnings);
  return {
    body: Buffer.from(printJson(encoded), 'utf8'),
    warnings: warnings.list(),
    ...(Object.keys(names).length > 0 ? { toolNames: names } : {}),
  };
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
