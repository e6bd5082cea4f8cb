import { dropCacheScopes, promoteSystemMessages } from '../messages-wrapping';
import { removeMembers, setStringMember } from '../json/splice';
import type { UpstreamApi } from '../upstream-api';
import { vertexModelPath } from '../vertex-path';

const API_VERSION = 'vertex-2023-10-16';

/** Members of Anthropic's own API that Vertex refuses. */
const REFUSED = ['output_format'];

/** Tokens are counted by a model of this name; the body names the one that they are counted for. */
const COUNTING_MODEL = 'count-tokens';

/** Claude on Vertex AI: https://docs.anthropic.com/en/api/claude-on-vertex-ai */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'vertex.anthropic',
    clients: ['anthropic.count_tokens'],
    dialect: 'anthropic.count_tokens',
    model: 'set',
    path: (context) => vertexModelPath('anthropic', 'rawPredict', { ...context, upstreamModel: COUNTING_MODEL }),
    adaptRequest(body, { upstreamModel }) {
      // Versions that stand for another one are unknown here; dated ones are not.
      const named = setStringMember(body, 'model', upstreamModel.replace(/@(?:default|latest)$/, ''));
      return setStringMember(dropCacheScopes(promoteSystemMessages(named)), 'anthropic_version', API_VERSION);
    },
  },
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
