import { findProvider } from '../../providers/registry';
import type { CloudIdentity, CloudPlace, Provider } from '../../providers/provider';
import type { CheckContext } from '../check-context';
import type { ModelDraft } from '../draft';
import { maskUrl } from '../mask';
import type { ModelPlan, SecretTemplate } from '../plan';
import { parseHttpUrl, resolveReferences, resolveUrl, type HttpUrl } from '../resolve-url';
import { isWildcard, lookupName, splitModel } from '../validate/model-names';
import { findKnownVendor, overrideVariable } from '../validate/models';
import { identityOf, placeInCloud } from './cloud';
import type { SecretCollector } from './secrets';
import type { UpstreamSet } from './upstreams';

interface Tools {
  readonly context: CheckContext;
  readonly upstreams: UpstreamSet;
  readonly secrets: SecretCollector;
  readonly connectTimeoutMs: number;
}

export function resolveModels(tools: Tools): readonly ModelPlan[] {
  const models = (tools.context.draft.model_providers ?? []).flatMap((entry) => resolveModel(entry, tools) ?? []);
  // Of equal wildcards the last one wins; rules have refused every other repetition.
  return [...new Map(models.map((model) => [model.name, model])).values()];
}

function resolveModel(entry: ModelDraft, tools: Tools): ModelPlan | undefined {
  const { model } = entry;
  const parts = model === undefined ? undefined : splitModel(model);
  const name = lookupName(entry);
  const provider = parts === undefined ? undefined : vendorOf(entry, parts.prefix);
  const written =
    entry.base_url === undefined ? undefined : resolveUrl(tools.context, entry, 'base_url', entry.base_url);
  const credential = resolveCredential(entry, provider, tools);
  const headers = resolveHeaders(entry, tools);
  if (model === undefined || parts === undefined || name === undefined || provider === undefined) return undefined;
  const cloud = placeInCloud(entry, provider, written?.host, tools.context);
  const identity = identityOf(entry, provider, cloud, tools.context);
  const address = resolveAddress({ entry, prefix: parts.prefix, provider, written, cloud, identity }, tools);
  if (address === undefined) return undefined;
  return {
    name,
    model,
    provider: provider.id,
    prefix: parts.prefix,
    modelId: parts.id,
    wildcard: isWildcard(model),
    upstream: address.upstream,
    ...(address.basePath === undefined ? {} : { basePath: address.basePath }),
    ...(credential === undefined ? {} : { credential }),
    ...(identity === undefined ? {} : { identity }),
    ...(Object.keys(cloud).length === 0 ? {} : { cloud }),
    passthroughAuth: entry.passthrough_auth === true,
    headers,
    default: entry.default === true,
  };
}

function vendorOf(entry: ModelDraft, prefix: string): Provider | undefined {
  const declared = entry.provider_interface === undefined ? undefined : findProvider(entry.provider_interface);
  return declared ?? findKnownVendor(entry, prefix);
}

interface AddressFacts {
  readonly entry: ModelDraft;
  readonly prefix: string;
  readonly provider: Provider;
  /** base_url */
  readonly written: HttpUrl | undefined;
  readonly cloud: CloudPlace;
  readonly identity: CloudIdentity | undefined;
}

/** Network place and base path of an entry: a redirecting variable, else base_url, else the vendor's own address. */
function resolveAddress(
  { entry, prefix, provider, written, cloud, identity }: AddressFacts,
  tools: Tools,
): { upstream: string; basePath?: string } | undefined {
  const redirect = resolveRedirect(entry, provider, prefix, tools.context);
  if (redirect === undefined && entry.base_url !== undefined && written === undefined) return undefined;
  const custom = redirect ?? written;
  const own = provider.baseUrl ?? provider.baseUrlFor?.(cloud);
  const url = custom ?? (own === undefined ? undefined : parseHttpUrl(own));
  if (url === undefined) return undefined;
  const isShared = custom === undefined && provider.baseUrl !== undefined;
  const host = redirect === undefined ? resolveHostHeader(entry, tools.context) : undefined;
  const upstream = tools.upstreams.add({
    id: isShared ? `provider:${provider.id}` : `provider:${provider.id}@${hostInId(url.host)}:${url.port}`,
    kind: 'provider',
    host: url.host,
    port: url.port,
    tls: url.tls,
    authority: host ?? url.authority,
    http2: url.tls ? provider.http2 : 'off',
    connectTimeoutMs: tools.connectTimeoutMs,
    prefixAffinity: false,
    ...(identity === 'aws' && cloud.region !== undefined
      ? { awsSigning: { service: 'bedrock', region: cloud.region } }
      : {}),
  });
  const basePath = [redirect?.path, written?.path].find((path) => path !== undefined && path !== '');
  return basePath === undefined ? { upstream } : { upstream, basePath };
}

function hostInId(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function resolveHostHeader(entry: ModelDraft, context: CheckContext): string | undefined {
  if (entry.http_host === undefined || entry.base_url === undefined) return undefined;
  return resolveReferences(context, entry, 'http_host', entry.http_host);
}

/** `OUTERLOOP_BASE_URL_<PROVIDER>`; prefixes of the user's own are named as they are written. */
function resolveRedirect(
  entry: ModelDraft,
  provider: Provider,
  prefix: string,
  { document, problems, environment }: CheckContext,
): HttpUrl | undefined {
  const variable = overrideVariable(findKnownVendor(entry, prefix) === undefined ? prefix : provider.id);
  const value = environment.get(variable);
  if (value === undefined) return undefined;
  const url = parseHttpUrl(value);
  if (url === undefined) {
    problems.add('invalid_url', document.place(entry, 'model'), {
      message: `The variable \`${variable}\` redirects \`${prefix}\` to \`${maskUrl(value)}\`, which is not a complete http or https URL.`,
      fix: `Set it to scheme and host, for example \`export ${variable}=http://localhost:8080\`, or unset it.`,
    });
  }
  return url;
}

function resolveCredential(
  entry: ModelDraft,
  provider: Provider | undefined,
  { context, secrets }: Tools,
): SecretTemplate | undefined {
  if (entry.passthrough_auth === true) return undefined;
  const path = context.document.pathOf(entry, 'access_key');
  const owner = lookupName(entry) ?? 'a model';
  if (entry.access_key !== undefined && entry.access_key !== '')
    return secrets.secret(path, entry.access_key, `the model \`${owner}\``);
  if (
    provider?.identity === undefined &&
    entry.base_url === undefined &&
    entry.model !== undefined &&
    !context.document.isWritten(entry, 'access_key')
  ) {
    context.problems.add('no_credential', context.document.place(entry, 'model'), {
      message: `\`${owner}\` has neither \`access_key\` nor \`passthrough_auth\`.`,
    });
  }
  return undefined;
}

function resolveHeaders(entry: ModelDraft, { context, secrets }: Tools): Readonly<Record<string, SecretTemplate>> {
  const owner = `the headers of \`${lookupName(entry) ?? 'a model'}\``;
  const base = context.document.pathOf(entry, 'headers');
  return Object.fromEntries(
    Object.entries(entry.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      secrets.header([...base, name], name, value, owner),
    ]),
  );
}
