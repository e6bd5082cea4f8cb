import { GatewayError } from '../wire/errors';
import { dialectForPath, wireErrors } from '../wire';
import type { DialectId } from '../wire/api';
import type { Reply } from './mutation';
import { errorDialect, type RequestHead } from './request-head';
import type { ListenerServices } from './services';

const PLAIN = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };

/** What a request's headers alone lead to: an API call, or an answer of ours. */
export type HeadOutcome = { readonly kind: 'call'; readonly dialect: DialectId } | Reply;

/**
 * Answers what needs no upstream (health, model list, unknown paths) and recognises API calls.
 * Throws GatewayError (`unknown_path`, `method_not_allowed`, `not_ready`).
 */
export function readHead(head: RequestHead, services: ListenerServices): HeadOutcome {
  if (head.path === '/healthz') return health(services);
  if (head.path === '/v1/models' && services.listener.type !== 'agent') return modelList(head, services);
  if (head.path === '/v1/models') return agentList(head, services);
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

/** GET /v1/models in OpenAI's list shape; `created` is 0 because nothing knows when a model was made. */
function modelList(head: RequestHead, services: ListenerServices): Reply {
  return list(head, services.models.list());
}

function agentList(head: RequestHead, services: ListenerServices): Reply {
  const ids = services.listener.agents.map((agent) => agent.id).sort();
  return list(
    head,
    ids.map((id) => ({ id, ownedBy: services.listener.name })),
  );
}

function list(head: RequestHead, models: readonly { readonly id: string; readonly ownedBy: string }[]): Reply {
  if (head.method !== 'GET' && head.method !== 'HEAD') {
    throw new GatewayError('method_not_allowed', `${head.method} is not possible at ${head.path}.`, {
      hint: 'Use GET for this path.',
    });
  }
  const data = models.map(({ id, ownedBy }) => ({ id, object: 'model', created: 0, owned_by: ownedBy }));
  return {
    kind: 'reply',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ object: 'list', data })),
    details: 'outerloop_model_list',
  };
}
