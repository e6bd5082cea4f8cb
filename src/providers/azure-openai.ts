import { CHAT, type PathRequest, type Provider } from './provider';

const API_VERSION = '2025-01-01-preview';

/** The deployment (model id) is a path segment; the path of base_url replaces `openai/deployments`. */
function deploymentPath({ basePath, modelId, path }: PathRequest): string {
  return `/${basePath ?? 'openai/deployments'}/${encodeURIComponent(modelId)}${path}?api-version=${API_VERSION}`;
}

/** Every customer has a host name of their own, so base_url is required. */
export const provider = {
  id: 'azure_openai',
  displayName: 'azure_openai',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: false,
  catalog: 'openai',
  http2: 'alpn',
  pathFor: deploymentPath,
} as const satisfies Provider;
