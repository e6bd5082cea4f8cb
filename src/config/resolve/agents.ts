import type { CheckContext } from '../check-context';
import type { AgentPlan, FilterPlan, UpstreamPlan } from '../plan';
import { resolveUrl, type HttpUrl } from '../resolve-url';
import type { UpstreamSet } from './upstreams';

const CHAT_PATH = '/chat/completions';
const DEFAULT_MCP_PATH = '/mcp';

export function resolveAgents(
  context: CheckContext,
  upstreams: UpstreamSet,
  connectTimeoutMs: number,
): readonly AgentPlan[] {
  return (context.draft.agents ?? []).flatMap((agent) => {
    const url = agent.url === undefined ? undefined : resolveUrl(context, agent, 'url', agent.url);
    if (agent.id === undefined || url === undefined) return [];
    const upstream = upstreams.add(serviceUpstream('agent', agent.id, url, connectTimeoutMs));
    return [{ id: agent.id, upstream, path: agentPath(url.path) }];
  });
}

/** `api` → `/api/v1/chat/completions`; a path that already ends in a version or in the whole path is not doubled. */
function agentPath(urlPath: string): string {
  const base = urlPath === '' ? '' : `/${urlPath}`;
  if (base.endsWith(CHAT_PATH)) return base;
  return base.endsWith('/v1') ? `${base}${CHAT_PATH}` : `${base}/v1${CHAT_PATH}`;
}

export function resolveFilters(
  context: CheckContext,
  upstreams: UpstreamSet,
  connectTimeoutMs: number,
): readonly FilterPlan[] {
  return (context.draft.filters ?? []).flatMap((filter) => {
    const url = filter.url === undefined ? undefined : resolveUrl(context, filter, 'url', filter.url);
    if (filter.id === undefined || url === undefined) return [];
    const type = filter.type ?? 'mcp';
    const base = url.path === '' ? '' : `/${url.path}`;
    return [
      {
        id: filter.id,
        type,
        upstream: upstreams.add(serviceUpstream('filter', filter.id, url, connectTimeoutMs)),
        path: type === 'mcp' && base === '' ? DEFAULT_MCP_PATH : base,
        tool: filter.tool ?? filter.id,
      },
    ];
  });
}

function serviceUpstream(kind: 'agent' | 'filter', id: string, url: HttpUrl, connectTimeoutMs: number): UpstreamPlan {
  return {
    id: `${kind}:${id}`,
    kind,
    host: url.host,
    port: url.port,
    tls: url.tls,
    authority: url.authority,
    http2: 'off',
    connectTimeoutMs,
    prefixAffinity: false,
  };
}
