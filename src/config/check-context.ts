import type { ConfigDocument } from './config-document';
import type { Draft } from './draft';
import type { Environment } from './environment';
import type { ProblemList } from './problem-list';

/** What every rule and every resolving step gets. */
export interface CheckContext {
  readonly draft: Draft;
  readonly document: ConfigDocument;
  readonly problems: ProblemList;
  readonly environment: Environment;
  /** False when Envoy runs on another machine, whose files cannot be looked at. */
  readonly envoyFilesHere: boolean;
}
