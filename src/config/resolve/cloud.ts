import type { CloudIdentity, CloudPlace, Provider } from '../../providers/provider';
import type { CheckContext } from '../check-context';
import type { ModelDraft } from '../draft';
import { resolveReferences } from '../resolve-url';
import { lookupName } from '../validate/model-names';

/** These stand in host names, paths and queries as they are. */
const PLAIN = /^[a-z0-9][a-z0-9._:-]*$/i;

/** Headers of an entry that are a credential already. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']);

/** Where a cloud runs the models of an entry, as far as the file or the host of base_url says; empty for most vendors. */
export function placeInCloud(
  entry: ModelDraft,
  provider: Provider,
  host: string | undefined,
  context: CheckContext,
): CloudPlace {
  const read = (key: 'region' | 'project' | 'api_version'): string | undefined =>
    provider.placeKeys?.includes(key) === true ? plainText(entry, key, context) : undefined;
  const region = read('region') ?? (host === undefined ? undefined : provider.regionOf?.(host));
  const project = read('project');
  const apiVersion = read('api_version');
  return {
    ...(region === undefined ? {} : { region }),
    ...(project === undefined ? {} : { project }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
  };
}

/**
 * Whose identity stands in for a credential that the entry does not name; undefined where it names one, in whatever way,
 * or says with an empty access_key that none is wanted.
 */
export function identityOf(
  entry: ModelDraft,
  provider: Provider,
  place: CloudPlace,
  { document, problems }: CheckContext,
): CloudIdentity | undefined {
  const { identity } = provider;
  if (identity === undefined || entry.passthrough_auth === true || document.isWritten(entry, 'access_key'))
    return undefined;
  if (Object.keys(entry.headers ?? {}).some((name) => CREDENTIAL_HEADERS.has(name.toLowerCase()))) return undefined;
  const owner = lookupName(entry) ?? 'a model';
  if (identity === 'aws' && place.region === undefined) {
    if (entry.region === undefined) {
      problems.add('missing_region', document.place(entry, 'model'), {
        message: `\`${owner}\` has no \`access_key\`, and no region to sign its requests for.`,
      });
    }
    return undefined;
  }
  const missing = (['project', 'region'] as const).filter((key) => place[key] === undefined);
  if (identity === 'google' && missing.length > 0) {
    problems.add('missing_project', document.place(entry, 'model'), {
      message: `\`${owner}\` has no ${missing.map((key) => `\`${key}\``).join(' and no ')}.`,
    });
  }
  return identity;
}

function plainText(
  entry: ModelDraft,
  key: 'region' | 'project' | 'api_version',
  context: CheckContext,
): string | undefined {
  const written = entry[key];
  const value = written === undefined ? undefined : resolveReferences(context, entry, key, written);
  if (value === undefined || PLAIN.test(value)) return value;
  context.problems.add('invalid_cloud_place', context.document.place(entry, key), {
    message: `\`${key}\` is \`${value}\`.`,
  });
  return undefined;
}
