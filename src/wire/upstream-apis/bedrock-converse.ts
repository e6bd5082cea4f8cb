import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';

/** Bedrock's own chat API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'bedrock.converse',
    dialect: 'bedrock.converse',
    model: 'removed',
    path: ({ upstreamModel, stream }) =>
      `/model/${pathSegment(upstreamModel)}/${stream ? 'converse-stream' : 'converse'}`,
    framing: 'aws-event-stream',
  },
];
