import type { EarlierAnswer, RequestWire } from './api';
import { DIALECTS } from './dialects';
import { GatewayError } from './errors';
import { invalid } from './facts';
import { parseRequestBody } from './json/body';
import { insertBeforeLast, setStringMember } from './json/splice';

/** Request work on the calling thread. Bodies that are not small belong on a worker (ports/adapters/request-wire-worker). */
export const inlineRequestWire: RequestWire = {
  inspect: (dialect, body) => settle(() => DIALECTS[dialect].inspect(parseRequestBody(body))),

  render: (from, to, body, context) =>
    settle(() => {
      if (from !== to) throw unsupported(from, to);
      return { body: patched(() => setStringMember(body, 'model', context.upstreamModel)), warnings: [] };
    }),

  withEarlierAnswers: (body, answers) => settle(() => patched(() => spliceAnswers(body, answers))),
};

function spliceAnswers(body: Buffer, answers: readonly EarlierAnswer[]): Buffer {
  if (answers.length === 0) return body;
  const messages = answers.map(({ name, text }) => JSON.stringify({ role: 'assistant', name, content: text }));
  const spliced = insertBeforeLast(body, 'messages', { key: 'role', value: 'user' }, messages);
  if (spliced === undefined) throw invalid('messages', 'must be an array of messages');
  return spliced;
}

function unsupported(from: string, to: string): GatewayError {
  return new GatewayError('unsupported_translation', `A ${from} request cannot be translated to ${to} yet.`);
}

/** The scanner trusts its input; a body that never went through inspect may still be broken. */
function patched(patch: () => Buffer): Buffer {
  try {
    return patch();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new GatewayError('invalid_json', 'The request body is not valid JSON.');
    throw cause;
  }
}

/** Synchronous work behind a promise: throwing must reject, not throw. */
async function settle<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
