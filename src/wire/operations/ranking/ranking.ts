import type { OperationClient, OperationUpstream } from '../operation';

/* The neutral model of ranking: a question and documents in, the documents' places by relevance out. */

export interface RankedDocument {
  readonly text: string;
  readonly title?: string;
}

export interface RankingRequest {
  readonly query: string;
  /** At least one. */
  readonly documents: readonly RankedDocument[];
  /** How many of the best to answer; absent: all. */
  readonly limit?: number;
  /** Documents are cut off after this many tokens. */
  readonly tokensPerDocument?: number;
}

export interface RankingAnswer {
  /** Best first, as the upstream ordered them. */
  readonly results: readonly RankingResult[];
}

export interface RankingResult {
  /** Position of the document in the request. */
  readonly index: number;
  /** 0 to 1. */
  readonly score: number;
}

export type RankingClient = OperationClient<RankingRequest, RankingAnswer>;
export type RankingUpstream = OperationUpstream<RankingRequest, RankingAnswer>;
