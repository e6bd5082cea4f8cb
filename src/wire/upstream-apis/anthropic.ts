import type { TranslateContext } from '../api';
import { promoteSystemMessages } from '../messages-wrapping';
import type { UpstreamApi } from '../upstream-api';

const API_VERSION = '2023-06-01';

/** Anthropic's own API: https://docs.anthropic.com/en/api */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'anthropic.messages',
    clients: ['anthropic.count_tokens'],
    dialect: 'anthropic.count_tokens',
    model: 'set',
    path: () => '/v1/messages/count_tokens',
    headers: versionHeader,
  },
  {
    id: 'anthropic.messages',
    dialect: 'anthropic.messages',
    model: 'set',
    path: () => '/v1/messages',
    headers: versionHeader,
    adaptRequest: (body, { isNative }) => (isNative ? promoteSystemMessages(body) : body),
  },
  {
    id: 'anthropic.count_tokens',
    dialect: 'anthropic.count_tokens',
    model: 'set',
    path: () => '/v1/messages/count_tokens',
    headers: versionHeader,
  },
];

function versionHeader({ requestHeaders }: TranslateContext): Record<string, string> {
  return { 'anthropic-version': requestHeaders?.['anthropic-version'] ?? API_VERSION };
}
