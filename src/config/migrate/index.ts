/**
 * Turns old forms of the file into today's, one file per step, in the order below; every step tells the new form.
 * Steps return new objects and leave what they do not touch as it is; `ConfigDocument.adopt` keeps places right.
 * Not here: whether the result makes sense (`validate`). Caller: `load-config.ts`, after the schema check.
 */
import type { ConfigDocument } from '../config-document';
import type { Draft, FileData } from '../draft';
import type { Environment } from '../environment';
import type { ProblemList } from '../problem-list';
import { defaultChatgptEntries } from './chatgpt';
import { renameFilterChain } from './filter-chain';
import { addImplicitModelListener } from './implicit-model-listener';
import { liftInlinePreferences } from './inline-preferences';
import { completeKimiEntries } from './kimi';
import { listLegacyListeners } from './legacy-listeners';
import { renameLlmProviders } from './llm-providers';

export interface MigrationContext {
  readonly document: ConfigDocument;
  readonly problems: ProblemList;
  readonly environment: Environment;
}

/** Brings a schema-checked file into today's form. */
export function migrate(data: FileData, context: MigrationContext): Draft {
  const renamed = renameLlmProviders(data, context);
  const listed = listLegacyListeners(renamed, context);
  const filtered = renameFilterChain(listed, context);
  const lifted = liftInlinePreferences(filtered, context);
  const completed = defaultChatgptEntries(completeKimiEntries(lifted, context), context);
  return addImplicitModelListener(completed, context);
}
