import type { Draft, FileData, LegacyListenerDraft, LegacyListenersDraft, ListenerDraft } from '../draft';
import type { MigrationContext } from './index';

/** The old form `listeners: {ingress_traffic, egress_traffic}`: egress is the model listener, ingress the prompt listener. */
export function listLegacyListeners(data: FileData, context: MigrationContext): Draft {
  const { listeners, llm_providers: _migrated, ...rest } = data;
  if (listeners === undefined) return context.document.adopt(rest, data);
  if (Array.isArray(listeners)) return context.document.adopt({ ...rest, listeners }, data);
  const place = context.document.keyPlace(data, 'listeners');
  context.problems.add('deprecated', place, {
    message: 'This is the old form of `listeners`.',
    fix: 'Write a list: `- {type: model, name: egress_traffic, port: 12000}` for `egress_traffic`, `- {type: prompt, name: ingress_traffic, port: 10000}` for `ingress_traffic`.',
  });
  if ((data.model_providers ?? []).length === 0) {
    context.problems.add('legacy_listeners_without_providers', place, {
      message: 'The old form of `listeners` is used, but no model is configured.',
    });
  }
  return context.document.adopt({ ...rest, listeners: toList(listeners, context) }, data);
}

function toList(legacy: LegacyListenersDraft, { document }: MigrationContext): ListenerDraft[] {
  const convert = (type: 'model' | 'prompt', name: string, old: LegacyListenerDraft): ListenerDraft => {
    const { message_format: _onlyOpenai, ...kept } = old;
    return document.adopt({ type, name, ...kept }, old);
  };
  const { egress_traffic: egress, ingress_traffic: ingress } = legacy;
  const list: ListenerDraft[] = [];
  if (egress !== undefined) list.push(convert('model', 'egress_traffic', egress));
  if (ingress !== undefined && Object.keys(ingress).length > 0)
    list.push(convert('prompt', 'ingress_traffic', ingress));
  return document.adopt(list, legacy);
}
