/**
 * Calls that are no conversation: embeddings, ranking, token counts. Each kind has a small neutral model of its own
 * (`embedding/`, `ranking/`, `token-count/`) and one file per API that spells it; a client's spelling and an upstream's
 * make a DirectTranslation. Rows in `../upstream-apis` name them; chat goes through `../message.ts` instead.
 */
import type { TranslateContext, TranslateResponseContext } from '../api';
import { GatewayError } from '../errors';
import { asFilled, asObject, type JsonObject } from '../json/read';
import type { DirectTranslation } from '../upstream-api';
import { isErrorBody } from '../upstream-error';
import type { Warnings } from '../warnings';

/** How clients of one API ask and what they get. `Q` is the neutral question of the operation, `A` its answer. */
export interface OperationClient<Q, A> {
  /** Throws GatewayError `invalid_request`. */
  readonly decodeRequest: (body: JsonObject, warnings: Warnings) => Q;
  /** What of the request encodeAnswer finds again as `context.remembered`. */
  readonly remember?: (body: JsonObject) => JsonObject | undefined;
  readonly encodeAnswer: (answer: A, context: TranslateResponseContext) => JsonObject;
}

/** How one upstream is asked and what it answers. */
export interface OperationUpstream<Q, A> {
  /** Throws GatewayError `invalid_request` for what this upstream cannot do. */
  readonly encodeRequest: (request: Q, context: TranslateContext, warnings: Warnings) => JsonObject;
  /** Undefined when the body is no answer of this API. */
  readonly decodeAnswer: (body: JsonObject, context: TranslateResponseContext) => A | undefined;
}

export function connect<Q, A>(client: OperationClient<Q, A>, upstream: OperationUpstream<Q, A>): DirectTranslation {
  return {
    request: (body, context, warnings) =>
      upstream.encodeRequest(client.decodeRequest(body, warnings), context, warnings),
    ...(client.remember === undefined ? {} : { remember: client.remember }),
    answer(body, context) {
      const answer = upstream.decodeAnswer(body, context);
      if (answer === undefined) throw notAnAnswer(body);
      return client.encodeAnswer(answer, context);
    },
  };
}

/** An error that came with a good status says what it is; anything else only that it is not what was asked for. */
function notAnAnswer(body: JsonObject): GatewayError {
  const said = isErrorBody(body) ? asFilled(asObject(body['error'])?.['message']) : undefined;
  return new GatewayError('upstream_malformed', said ?? 'The answer of the upstream could not be read.');
}
