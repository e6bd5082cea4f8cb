import type { DialectId, UpstreamApiId } from './api';
import type { DialectCodec } from './dialect';
import { codecsBetween } from './dialect-registry';
import { GatewayError } from './errors';
import type { DirectTranslation, UpstreamApi } from './upstream-api';
import { UPSTREAM_APIS } from './upstream-apis';

/** Ids of all upstream APIs, sorted. */
export function upstreamApiIds(): readonly UpstreamApiId[] {
  return [...new Set(UPSTREAM_APIS.map(({ id }) => id))].sort();
}

export function isUpstreamApiId(id: string): id is UpstreamApiId {
  return UPSTREAM_APIS.some((row) => row.id === id);
}

/** The row of an upstream API for one client API. Throws GatewayError `unsupported_translation` when there is none. */
export function findUpstreamApi(id: UpstreamApiId, client: DialectId): UpstreamApi {
  const rows = UPSTREAM_APIS.filter((row) => row.id === id);
  const row =
    rows.find(({ clients }) => clients?.includes(client)) ?? rows.find(({ clients }) => clients === undefined);
  if (row === undefined) throw untranslatable(client, id);
  return row;
}

/** How bodies get from a client API to an upstream API and back. */
export type Translation =
  /** The same dialect on both sides. */
  | { readonly kind: 'native' }
  | { readonly kind: 'codecs'; readonly client: DialectCodec; readonly upstream: DialectCodec }
  | { readonly kind: 'direct'; readonly direct: DirectTranslation };

/** Throws GatewayError `unsupported_translation`. */
export function translationBetween(client: DialectId, api: UpstreamApi): Translation {
  const direct = api.direct?.[client];
  if (direct !== undefined) return { kind: 'direct', direct };
  if (api.dialect === client) return { kind: 'native' };
  if (api.dialect === undefined) throw untranslatable(client, api.id);
  const { source, target } = codecsBetween(client, api.dialect);
  return { kind: 'codecs', client: source, upstream: target };
}

function untranslatable(client: DialectId, id: UpstreamApiId): GatewayError {
  return new GatewayError('unsupported_translation', `Requests of ${client} cannot be translated to ${id} yet.`);
}

/** Where and how a call goes; what a path may depend on. */
export interface PathFactsOfCall {
  readonly modelId: string;
  readonly stream: boolean;
  readonly region?: string;
  readonly project?: string;
  readonly apiVersion?: string;
}

/** Path and query from the root of the API's host. Throws GatewayError `invalid_request` for impossible model names. */
export function apiPath(id: UpstreamApiId, client: DialectId, { modelId, ...call }: PathFactsOfCall): string {
  return findUpstreamApi(id, client).path({
    requestModel: modelId,
    upstreamModel: modelId,
    includeUsage: false,
    ...call,
  });
}

/** Whether an upstream's answer must be rewritten for the client: other words, or the same words in another framing. */
export function rewritesAnswers(client: DialectId, id: UpstreamApiId): boolean {
  const api = findUpstreamApi(id, client);
  return api.framing !== undefined || translationBetween(client, api).kind !== 'native';
}
