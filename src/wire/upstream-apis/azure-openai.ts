import type { TranslateContext } from '../api';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';

const VERSION_1 = 'v1';
const PREVIEW = 'preview';

/** Azure OpenAI: https://learn.microsoft.com/azure/ai-services/openai/reference */
export const upstreamApis: readonly UpstreamApi[] = [
  { id: 'azure.openai.chat', dialect: 'openai.chat', model: 'set', path: deploymentPath('chat/completions') },
  { id: 'azure.openai.embeddings', dialect: 'openai.embeddings', model: 'set', path: deploymentPath('embeddings') },
  { id: 'azure.openai.responses', dialect: 'openai.responses', model: 'set', path: responsesPath },
];

/** Dated versions name the deployment in the path; the v1 API reads it from the body's `model`. */
function deploymentPath(operation: string): UpstreamApi['path'] {
  return (context) => {
    const { apiVersion = VERSION_1, upstreamModel } = context;
    if (!isDated(apiVersion)) return version1Path(operation, apiVersion);
    return `/openai/deployments/${pathSegment(upstreamModel)}/${operation}?api-version=${encodeURIComponent(apiVersion)}`;
  };
}

/** Responses never had a deployment in its path. */
function responsesPath({ apiVersion = VERSION_1 }: TranslateContext): string {
  if (!isDated(apiVersion)) return version1Path('responses', apiVersion);
  return `/openai/responses?api-version=${encodeURIComponent(apiVersion)}`;
}

function version1Path(operation: string, apiVersion: string): string {
  return `/openai/v1/${operation}${apiVersion === PREVIEW ? '?api-version=preview' : ''}`;
}

function isDated(apiVersion: string): boolean {
  return apiVersion !== VERSION_1 && apiVersion !== PREVIEW;
}
