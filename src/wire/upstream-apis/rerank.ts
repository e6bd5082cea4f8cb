import { connect } from '../operations/operation';
import { bedrockRerank } from '../operations/ranking/bedrock-rerank';
import { cohereRerank } from '../operations/ranking/cohere-rerank';
import { vertexRank } from '../operations/ranking/vertex-rank';
import { pathSegment } from '../path-segment';
import type { UpstreamApi } from '../upstream-api';

/** Multi-regions that rank; everywhere else the global service does. */
const RANKING_LOCATIONS: ReadonlySet<string> = new Set(['us', 'eu']);

/** Ranking by clouds, for clients of Cohere's API. */
export const upstreamApis: readonly UpstreamApi[] = [
  {
    id: 'bedrock.rerank',
    direct: { 'cohere.rerank': connect(cohereRerank, bedrockRerank) },
    model: 'untouched',
    path: () => '/rerank',
  },
  {
    id: 'vertex.rank',
    direct: { 'cohere.rerank': connect(cohereRerank, vertexRank) },
    model: 'untouched',
    path: ({ project = '-', region = '' }) => {
      const location = RANKING_LOCATIONS.has(region) ? region : 'global';
      return `/v1/projects/${pathSegment(project)}/locations/${location}/rankingConfigs/default_ranking_config:rank`;
    },
  },
];
