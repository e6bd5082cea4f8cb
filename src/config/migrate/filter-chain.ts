import type { Draft, ListenerAgentDraft, ListenerDraft } from '../draft';
import type { MigrationContext } from './index';

/** `filter_chain` was the name of `input_filters` up to Plano 0.4.12; its own templates still write it. */
export function renameFilterChain(draft: Draft, context: MigrationContext): Draft {
  const { listeners } = draft;
  if (listeners === undefined) return draft;
  const renamed = listeners.map((listener) => {
    const own = rename(listener, context);
    if (own.agents === undefined) return own;
    const agents = context.document.adopt(
      own.agents.map((agent) => rename(agent, context)),
      own.agents,
    );
    return context.document.adopt({ ...own, agents }, own);
  });
  return context.document.adopt({ ...draft, listeners: context.document.adopt(renamed, listeners) }, draft);
}

function rename<T extends ListenerDraft | ListenerAgentDraft>(owner: T, { document, problems }: MigrationContext): T {
  if (owner.filter_chain === undefined) return owner;
  const { filter_chain: old, ...rest } = owner;
  problems.add('deprecated', document.keyPlace(owner, 'filter_chain'), {
    message: '`filter_chain` is the old name of `input_filters`.',
    fix:
      owner.input_filters === undefined
        ? 'Rename the key to `input_filters`.'
        : 'Move its entries to the end of `input_filters` and remove it.',
  });
  const filters = owner.input_filters === undefined ? old : document.adopt([...owner.input_filters, ...old], old);
  return document.adopt({ ...rest, input_filters: filters } as T, owner);
}
