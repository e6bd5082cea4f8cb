import type { CloudIdentity } from '../config/plan';

/** Identities for which the sidecar gets tokens; requests to AWS are signed by Envoy. */
export type TokenIdentity = Exclude<CloudIdentity, 'aws'>;

/** Access tokens that clouds give to this machine, fetched ahead of the requests that need them. */
export interface CloudTokens {
  /** Resolves when every identity was asked once, whatever came of it; never rejects. */
  ready(): Promise<void>;
  /** A token that is still valid; undefined when there is none (the log says why). Never waits. */
  current(identity: TokenIdentity): string | undefined;
  close(): void;
}
