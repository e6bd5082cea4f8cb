import type { CheckContext } from '../check-context';
import type { EndpointDraft, ParameterDraft, PromptTargetDraft } from '../draft';
import type { PromptTargetParameter, PromptTargetPlan, SecretTemplate } from '../plan';
import { maskUrl } from '../mask';
import { resolveReferences } from '../resolve-url';
import { durationOf } from './durations';
import type { SecretCollector } from './secrets';
import type { UpstreamSet } from './upstreams';

/** Endpoints of the file as upstreams; agents and filters have theirs already. */
export function resolveEndpoints(context: CheckContext, upstreams: UpstreamSet, connectTimeoutMs: number): void {
  for (const [name, endpoint] of Object.entries(context.draft.endpoints ?? {})) {
    const place = resolveEndpoint(name, endpoint, context);
    const ownTimeoutMs = durationOf(context, endpoint, 'connect_timeout', endpoint.connect_timeout, connectTimeoutMs);
    const hostHeader =
      endpoint.http_host === undefined
        ? undefined
        : resolveReferences(context, endpoint, 'http_host', endpoint.http_host);
    if (place === undefined) continue;
    upstreams.add({
      id: `endpoint:${name}`,
      kind: 'endpoint',
      host: place.host,
      port: place.port,
      tls: place.tls,
      authority: hostHeader ?? place.authority,
      http2: 'off',
      connectTimeoutMs: ownTimeoutMs,
      prefixAffinity: endpoint.prefix_affinity === true,
    });
  }
}

interface EndpointPlace {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly authority: string;
}

function resolveEndpoint(name: string, draft: EndpointDraft, context: CheckContext): EndpointPlace | undefined {
  const { endpoint } = draft;
  if (endpoint === undefined) return undefined;
  const text = resolveReferences(context, draft, 'endpoint', endpoint);
  if (text === undefined) return undefined;
  const tls = draft.protocol === 'https';
  const usualPort = tls ? 443 : 80;
  const match = /^([\w.-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? usualPort);
  if (match?.[1] === undefined || port < 1 || port > 65_535) {
    const url = URL.parse(text);
    context.problems.add('invalid_endpoint', context.document.place(draft, 'endpoint'), {
      message:
        endpoint === ''
          ? `The endpoint \`${name}\` is empty.`
          : `The endpoint \`${name}\` is \`${maskUrl(endpoint)}\`, which is not host or host:port.`,
      ...(url !== null && /^https?:$/.test(url.protocol)
        ? { fix: `Write \`endpoint: ${url.host}\` and \`protocol: ${url.protocol.slice(0, -1)}\`.` }
        : {}),
    });
    return undefined;
  }
  const host = match[1].toLowerCase();
  return { host, port, tls, authority: port === usualPort ? host : `${host}:${port}` };
}

export function resolvePromptTargets(context: CheckContext, secrets: SecretCollector): readonly PromptTargetPlan[] {
  return (context.draft.prompt_targets ?? []).flatMap((target) => {
    if (target.name === undefined) return [];
    const endpoint = resolveCall(target, context, secrets);
    return [
      {
        name: target.name,
        description: target.description ?? '',
        default: target.default === true,
        ...(endpoint === undefined ? {} : { endpoint }),
        parameters: (target.parameters ?? []).map(resolveParameter),
        ...(target.system_prompt === undefined ? {} : { systemPrompt: target.system_prompt }),
        autoDispatch: target.auto_llm_dispatch_on_response !== false,
      },
    ];
  });
}

function resolveCall(
  { name: owner, endpoint }: PromptTargetDraft,
  { draft, document }: CheckContext,
  secrets: SecretCollector,
): PromptTargetPlan['endpoint'] {
  if (endpoint?.name === undefined) return undefined;
  const base = document.pathOf(endpoint, 'http_headers');
  const headers = Object.entries(endpoint.http_headers ?? {}).map(([name, value]): [string, SecretTemplate] => [
    name.toLowerCase(),
    secrets.header([...base, name], name, value, `the prompt target \`${owner ?? ''}\``),
  ]);
  const named = (items: readonly { id?: string }[] | undefined): boolean =>
    items?.some(({ id }) => id === endpoint.name) === true;
  // An agent or filter takes the place of an endpoint of the same name, as in Plano.
  const kind = named(draft.agents) ? 'agent' : named(draft.filters) ? 'filter' : 'endpoint';
  return {
    upstream: `${kind}:${endpoint.name}`,
    path: endpoint.path ?? '/',
    method: endpoint.http_method ?? 'GET',
    headers: Object.fromEntries(headers),
  };
}

function resolveParameter(parameter: ParameterDraft): PromptTargetParameter {
  const { name = '', description, type = 'str', required, default: fallback, enum: choices, format } = parameter;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    type,
    required: required === true,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(choices === undefined ? {} : { enum: choices }),
    ...(format === undefined ? {} : { format }),
  };
}
