import { apiPath } from '../wire/upstream-registry';
import { type DialectRow, type PathRequest, type Provider } from './provider';

/** Plano's fixed version; `api_version` of an entry says another one. */
const PLANO_VERSION = '2025-01-01-preview';

const ROWS = [
  { dialect: 'openai.chat', api: 'azure.openai.chat', path: '/chat/completions' },
  { dialect: 'openai.responses', api: 'azure.openai.responses' },
  { dialect: 'openai.embeddings', api: 'azure.openai.embeddings', path: '/embeddings' },
] as const satisfies readonly DialectRow[];

/** The deployment (model id) is a path segment; as in Plano, the path of base_url replaces `openai/deployments`. */
function deploymentPath({ basePath, modelId, path, stream, client, api, cloud }: PathRequest): string {
  const apiVersion = cloud?.apiVersion ?? PLANO_VERSION;
  if (basePath !== undefined && path !== undefined) {
    return `/${basePath}/${encodeURIComponent(modelId)}${path}?api-version=${apiVersion}`;
  }
  return apiPath(api ?? 'azure.openai.chat', client, { modelId, stream, apiVersion });
}

/**
 * Every customer has a host name of their own, so base_url is required. Keys travel in `api-key`, which every version of the
 * API takes; tokens of Entra ID, configured or the machine's own, in Authorization.
 */
export const provider = {
  id: 'azure_openai',
  displayName: 'azure_openai',
  dialects: ROWS,
  auth: 'api-key',
  identity: 'azure',
  placeKeys: ['api_version'],
  asInterface: false,
  catalog: 'openai',
  http2: 'alpn',
  pathFor: deploymentPath,
} as const satisfies Provider;
