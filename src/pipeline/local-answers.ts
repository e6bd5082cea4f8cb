import { GatewayError } from '../wire/errors';
import { dialectForPath, wireErrors } from '../wire';
import type { DialectId } from '../wire/api';
import type { Reply } from './mutation';
import { errorDialect, type RequestHead } from './request-head';
import type { ListenerServices } from './services';

const MODELS_PATH = '/v1/models';
const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** What a request's headers alone lead to: an API call, or an answer of ours. */
export type HeadOutcome = { readonly kind: 'call'; readonly dialect: DialectId } | Reply;

/**
 * Answers what needs no upstream (health, model list, unknown paths) and recognises API calls.
 * Throws GatewayError (`unknown_path`, `method_not_allowed`, `not_ready`).
 */
export function readHead(head: RequestHead, services: ListenerServices): HeadOutcome {
  if (head.path === '/healthz') return health(services);
  if (head.method === 'OPTIONS') return preflight(head);
  if (head.path === MODELS_PATH || head.path.startsWith(`${MODELS_PATH}/`)) return models(head, services);
  const dialect = dialectForPath(head.path);
  if (dialect === undefined)
    throw new GatewayError('unknown_path', `There is nothing at ${head.method} ${head.path.slice(0, 200)}.`);
  if (head.method !== 'POST')
    throw new GatewayError('method_not_allowed', `${head.method} is not possible at ${head.path}.`);
  if (!services.isReady())
    throw new GatewayError('not_ready', 'The gateway is still starting.', { retryAfterSeconds: 1 });
  return { kind: 'call', dialect };
}

/** Any error as an answer in the API shape that the path asks for. */
export function errorReply(path: string, error: GatewayError): Reply {
  const rendered = wireErrors.render(dialectForPath(path) ?? errorDialect(path), error);
  return {
    kind: 'reply',
    status: rendered.status,
    headers: { ...rendered.headers, 'content-type': rendered.contentType },
    body: rendered.body,
    details: `outerloop_${error.code}`,
  };
}

function health(services: ListenerServices): Reply {
  const ready = services.isReady();
  return {
    kind: 'reply',
    status: ready ? 200 : 503,
    headers: PLAIN,
    body: Buffer.from(ready ? 'ok\n' : 'starting\n'),
    details: ready ? 'outerloop_healthy' : 'outerloop_starting',
  };
}

/** Browsers ask before they send JSON or credentials (Fetch standard, CORS-preflight). No cookies are used, so any origin may. */
function preflight(head: RequestHead): Reply {
  const isKnown = head.path.startsWith(MODELS_PATH) || dialectForPath(head.path) !== undefined;
  if (!isKnown) throw new GatewayError('unknown_path', `There is nothing at ${head.path.slice(0, 200)}.`);
  const methods = head.path.startsWith(MODELS_PATH) ? 'GET, OPTIONS' : 'POST, OPTIONS';
  return {
    kind: 'reply',
    status: 204,
    headers: {
      allow: methods,
      ...crossOrigin(head),
      'access-control-allow-methods': methods,
      'access-control-allow-headers':
        head.headers.get('access-control-request-headers') ?? 'Authorization, Content-Type',
      'access-control-max-age': '86400',
    },
    body: Buffer.alloc(0),
    details: 'outerloop_preflight',
  };
}

/** Lets a browser's script read an answer; nothing for callers that are no browsers. */
export function crossOrigin(head: RequestHead): Readonly<Record<string, string>> {
  return head.headers.has('origin') ? { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' } : {};
}

interface ListedModel {
  readonly id: string;
  readonly ownedBy: string;
}

/** GET /v1/models and /v1/models/{id}: models of a model listener, agents of an agent listener, sorted by id. */
function models(head: RequestHead, services: ListenerServices): Reply {
  if (head.method !== 'GET' && head.method !== 'HEAD') {
    throw new GatewayError('method_not_allowed', `${head.method} is not possible at ${head.path}.`, {
      hint: 'Use GET for this path.',
    });
  }
  const known = services.listener.type === 'agent' ? agentsOf(services) : services.models.list();
  if (head.path === MODELS_PATH) return json(head, { object: 'list', data: known.map(modelObject) });
  const id = decodeId(head.path.slice(MODELS_PATH.length + 1));
  const found = known.find((model) => model.id === id);
  if (found === undefined) throw new GatewayError('model_not_found', `There is no model "${id.slice(0, 200)}".`);
  return json(head, modelObject(found));
}

function agentsOf({ listener }: ListenerServices): readonly ListedModel[] {
  return listener.agents.map(({ id }) => ({ id, ownedBy: listener.name })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** OpenAI's model object; `created` is 0 because nothing knows when a model was made. */
function modelObject({ id, ownedBy }: ListedModel): object {
  return { id, object: 'model', created: 0, owned_by: ownedBy };
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function json(head: RequestHead, value: object): Reply {
  return {
    kind: 'reply',
    status: 200,
    headers: { 'content-type': 'application/json', ...crossOrigin(head) },
    body: Buffer.from(JSON.stringify(value)),
    details: 'outerloop_models',
  };
}
