import type { DialectId } from './api';
import type { Dialect, DialectCodec, PathFacts } from './dialect';
import { DIALECTS } from './dialects';
import { GatewayError } from './errors';

const BY_ID: ReadonlyMap<DialectId, Dialect> = new Map(DIALECTS.map((dialect) => [dialect.id, dialect]));

/** Throws GatewayError `unsupported_translation` for APIs that have a name but no file yet. */
export function findDialect(id: DialectId): Dialect {
  const dialect = BY_ID.get(id);
  if (dialect === undefined) throw new GatewayError('unsupported_translation', `The API ${id} is not supported yet.`);
  return dialect;
}

/** Ids of the APIs that clients may call, sorted. */
export function clientApiIds(): readonly DialectId[] {
  return DIALECTS.filter(isForClients)
    .map(({ id }) => id)
    .sort();
}

export function isClientApiId(id: string): id is DialectId {
  return DIALECTS.some((dialect) => dialect.id === id && isForClients(dialect));
}

/** Dialects without a path are spoken by upstreams only. */
function isForClients({ paths, matchPath }: Dialect): boolean {
  return paths.length > 0 || matchPath !== undefined;
}

/** Dialect of a request path (without query); undefined for paths that are no API call. */
export function dialectForPath(path: string): DialectId | undefined {
  return dialectAt(path)?.id;
}

/** Model and stream wish of a request path, for APIs whose bodies do not tell; undefined for all others. */
export function pathFacts(path: string): PathFacts | undefined {
  return dialectAt(path)?.matchPath?.(path);
}

function dialectAt(path: string): Dialect | undefined {
  return DIALECTS.find((dialect) => dialect.paths.includes(path) || dialect.matchPath?.(path) !== undefined);
}

/** Codecs for going from one API to another; GatewayError `unsupported_translation` when one has none. */
export function codecsBetween(
  from: DialectId,
  to: DialectId,
): { readonly source: DialectCodec; readonly target: DialectCodec } {
  const source = findDialect(from).codec;
  const target = findDialect(to).codec;
  if (source === undefined || target === undefined) {
    throw new GatewayError('unsupported_translation', `Requests of ${from} cannot be translated to ${to} yet.`);
  }
  return { source, target };
}
