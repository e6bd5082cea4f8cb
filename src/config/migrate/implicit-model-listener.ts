import type { Draft, ListenerDraft } from '../draft';
import type { MigrationContext } from './index';

/** Plano opens this listener for every file; here it stays on loopback, and only when there are models to serve. */
const IMPLICIT_LISTENER: ListenerDraft = {
  type: 'model',
  name: 'egress_traffic',
  address: '127.0.0.1',
  port: 12000,
  implicit: true,
};

export function addImplicitModelListener(draft: Draft, { document }: MigrationContext): Draft {
  const { listeners = [], model_providers: models = [] } = draft;
  if (models.length === 0 || listeners.some((listener) => listener.type === 'model')) return draft;
  const implicit = document.adopt({ ...IMPLICIT_LISTENER }, models);
  const all = [...listeners, implicit];
  return document.adopt(
    { ...draft, listeners: draft.listeners === undefined ? all : document.adopt(all, listeners) },
    draft,
  );
}
