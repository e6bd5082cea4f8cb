import { dropCacheScopes, promoteSystemMessages } from '../messages-wrapping';
import { removeMembers, setStringMember } from '../json/splice';
import type { UpstreamApi } from '../upstream-api';
import { vertexModelPath } from '../vertex-path';

const API_VERSION = 'vertex-2023-10-16';

/** Members of Anthropic's own API that Vertex refuses. */
const REFUSED = ['output_format'];

/** Claude on Vertex AI: https://docs.anthropic.com/en/api/claude-on-vertex-ai */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'vertex.anthropic',
    dialect: 'anthropic.messages',
    model: 'removed',
    path: (context) => vertexModelPath('anthropic', context.stream ? 'streamRawPredict' : 'rawPredict', context),
    adaptRequest(body, { isNative }) {
      const promoted = isNative ? dropCacheScopes(promoteSystemMessages(body)) : body;
      return setStringMember(removeMembers(promoted, REFUSED), 'anthropic_version', API_VERSION);
    },
  },
];
