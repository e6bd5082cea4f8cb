/**
 * Questions about vendors: who has this id, which API to call them with, at which path, and which models they are known
 * to offer. Everything here derives from the rows of this folder; nothing is configured and nothing is called.
 * Callers: `config` (ids, addresses), `compiler` (addresses), `decide` (catalogs), `pipeline` (dialects, paths, headers).
 */
import type { DialectId } from '../wire/api';
import type { BodyQuirks } from '../wire/body-quirks';
import { findDialect } from '../wire/dialect-registry';
import { apiPath } from '../wire/upstream-registry';
import catalog from './catalog.json';
import { PROVIDERS } from './index';
import type { DialectRow, PathRequest, Provider } from './provider';

/** Base path of OpenAI-style servers whose row says nothing else. */
const USUAL_BASE_PATH = 'v1';

const VENDOR_MODELS: Readonly<Record<string, readonly string[]>> = catalog.vendors;

const BY_ID: ReadonlyMap<string, Provider> = new Map(PROVIDERS.map((provider) => [provider.id, provider]));
const BY_ALIAS: ReadonlyMap<string, Provider> = new Map(
  PROVIDERS.flatMap((provider) => (provider.aliases ?? []).map((alias) => [alias, provider] as const)),
);

/** @param id a provider id as written in a file (case-sensitive, as in Plano) or an alias (any case) */
export function findProvider(id: string): Provider | undefined {
  return BY_ID.get(id) ?? BY_ALIAS.get(id.toLowerCase());
}

/** Ids for messages and schemas, sorted. Aliases are not ids. */
export function providerIds(): readonly string[] {
  return PROVIDERS.map((provider) => provider.id).sort();
}

/** Values of provider_interface, sorted. */
export function interfaceIds(): readonly string[] {
  return PROVIDERS.filter((provider) => provider.asInterface)
    .map((provider) => provider.id)
    .sort();
}

/**
 * Which API to call the vendor with: the client's own when the vendor speaks it (nothing needs rebuilding then), else
 * the first of the vendor's that the client's can be translated to. Undefined when neither is possible.
 *
 * @param modelId vendors that host models of others offer some APIs for some models only
 */
export function chooseDialect(provider: Provider, client: DialectId, modelId = ''): DialectRow | undefined {
  const rows = provider.dialects.filter(({ models }) => models === undefined || models.test(modelId));
  return (
    rows.find((row) => row.dialect === client) ?? rows.find((row) => isTranslated(client) && isTranslated(row.dialect))
  );
}

/** APIs without a codec are passed through only. */
function isTranslated(dialect: DialectId): boolean {
  return findDialect(dialect).codec !== undefined;
}

/** Path (with query, if any) of a call, always starting with a slash. A base_url path replaces the vendor's own. */
export function upstreamPath(provider: Provider, request: PathRequest): string {
  if (provider.pathFor) return provider.pathFor(request);
  const configured = provider.basePathFor ? provider.basePathFor(request) : request.basePath;
  if (request.path === undefined) {
    const { api, dialect, client, modelId, stream, cloud } = request;
    const path = apiPath(api ?? dialect, client, { modelId, stream, ...cloud });
    return configured ? `/${configured}${path}` : path;
  }
  const basePath = configured ?? ownBasePath(provider);
  return basePath === '' ? request.path : `/${basePath}${request.path}`;
}

/** Base path without surrounding slashes that applies when the configuration names none. */
function ownBasePath(provider: Provider): string {
  if (provider.ownBasePath !== undefined) return provider.ownBasePath;
  if (provider.baseUrl === undefined) return USUAL_BASE_PATH;
  return new URL(provider.baseUrl).pathname.replace(/^\/+|\/+$/g, '');
}

/** What must be spelled differently in a body of this dialect for this model; undefined for most. */
export function bodyQuirks(provider: Provider, dialect: string, modelId: string): BodyQuirks | undefined {
  const quirk = provider.quirks?.find(
    ({ dialect: id, models }) => id === dialect && (models === undefined || models.includes(modelId)),
  );
  return quirk?.body;
}

/** Model ids the vendor is known to offer, for expanding wildcards; empty when no list is kept. */
export function catalogModels(provider: Provider): readonly string[] {
  return provider.catalog === undefined ? [] : (VENDOR_MODELS[provider.catalog] ?? []);
}
