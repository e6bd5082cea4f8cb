import type { CheckContext } from '../check-context';
import type { ListenerDraft } from '../draft';

/** Names and kinds of listeners, and the agents they choose from. Ports and addresses: `resolve/listeners.ts`. */
export function checkListeners(context: CheckContext): void {
  const { draft, document, problems } = context;
  const listeners = draft.listeners ?? [];
  if (listeners.length === 0 && draft.listeners !== undefined && (draft.model_providers ?? []).length === 0) {
    problems.add('no_listeners', document.keyPlace(draft, 'listeners'), {
      message: 'The file names neither listeners nor models, so nothing listens.',
    });
  }
  checkNames(listeners, context);
  const models = listeners.filter((listener) => listener.type === 'model');
  for (const extra of models.slice(1)) {
    problems.add('several_model_listeners', document.place(extra, 'type'), {
      message: 'This is another listener with `type: model`; there can be only one.',
    });
  }
  for (const listener of listeners) {
    if (listener.type === 'agent') checkAgents(listener, context);
    if (listener.type === 'model' && (draft.model_providers ?? []).length === 0) {
      problems.add('no_models', document.place(listener), {
        message: `The listener \`${listener.name ?? 'model'}\` has no models to offer.`,
      });
    }
  }
}

/** Envoy's own names cannot hold spaces, so names that differ only there would meet. */
function checkNames(listeners: readonly ListenerDraft[], { document, problems }: CheckContext): void {
  const first = new Map<string, ListenerDraft>();
  for (const listener of listeners) {
    if (listener.name === undefined) continue;
    const key = listener.name.replaceAll(' ', '_');
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, listener);
      continue;
    }
    const implicit = listener.implicit === true;
    problems.add('duplicate_listener_name', document.place(implicit ? earlier : listener, 'name'), {
      message: implicit
        ? `The name \`${listener.name}\` belongs to the model listener that is opened for \`model_providers\`.`
        : `The name \`${listener.name}\` is already used in line ${document.place(earlier, 'name').line}.`,
      ...(implicit ? { fix: 'Choose another name, or add a listener with `type: model` of its own.' } : {}),
    });
  }
}

function checkAgents(listener: ListenerDraft, { document, problems }: CheckContext): void {
  const agents = listener.agents ?? [];
  if (agents.length === 0) {
    problems.add('no_effect', document.place(listener), {
      message: `The agent listener \`${listener.name ?? ''}\` has no agents, so it is not opened.`,
      why: 'A listener without agents could answer nothing.',
      fix: 'Add `agents:` with at least one `id` and `description`.',
    });
  }
  const ids = agents.map(({ id }) => id);
  agents.forEach((agent, index) => {
    if (agent.id === undefined || ids.indexOf(agent.id) === index) return;
    problems.add('repeated_entry', document.place(agent, 'id'), {
      message: `The agent \`${agent.id}\` is already listed for this listener.`,
    });
  });
  for (const extra of agents.filter((agent) => agent.default === true).slice(1)) {
    problems.add('ignored_default', document.place(extra, 'default'), {
      message: `Another agent of the listener \`${listener.name ?? ''}\` is already the default.`,
    });
  }
}
