import type { Draft, ModelDraft, PreferenceDraft } from '../draft';
import type { MigrationContext } from './index';

/** From this dialect on, preferences stand at top level only. */
const TOP_LEVEL_VERSION = 'v0.4.0';

/**
 * Inline `routing_preferences` of models become top-level ones (dialects before 0.4.0): the same name in several models
 * is one preference with several models. Names that already exist at top level are left to the top level.
 */
export function liftInlinePreferences(draft: Draft, context: MigrationContext): Draft {
  const models = draft.model_providers ?? [];
  const withInline = models.filter((model) => model.routing_preferences !== undefined);
  if (withInline.length === 0) return draft;
  if (draft.version === TOP_LEVEL_VERSION) {
    for (const model of withInline) reportIgnored(model, context);
  } else {
    for (const model of withInline) reportOldForm(model, context);
  }
  const lifted = draft.version === TOP_LEVEL_VERSION ? [] : lift(draft, context);
  const stripped = models.map((model) => {
    const { routing_preferences: _lifted, ...rest } = model;
    return context.document.adopt(rest, model);
  });
  const next: Draft = { ...draft, model_providers: context.document.adopt(stripped, models) };
  if (lifted.length > 0) {
    const own = draft.routing_preferences ?? [];
    const all = [...own, ...lifted];
    const origin = draft.routing_preferences ?? withInline[0]?.routing_preferences;
    next.routing_preferences = origin === undefined ? all : context.document.adopt(all, origin);
  }
  return context.document.adopt(next, draft);
}

function reportIgnored(model: ModelDraft, { document, problems }: MigrationContext): void {
  problems.add('no_effect', document.keyPlace(model, 'routing_preferences'), {
    message: '`routing_preferences` inside a model is ignored in a file of version v0.4.0.',
    why: 'Since v0.4.0 preferences stand at top level.',
    fix: 'Move them to top-level `routing_preferences`, each with its list of `models`.',
  });
}

function reportOldForm(model: ModelDraft, { document, problems }: MigrationContext): void {
  const place = document.keyPlace(model, 'routing_preferences');
  if (model.model?.endsWith('/*') === true) {
    problems.add('wildcard_with_preferences', place, {
      message: `\`${model.model}\` stands for many models, so it cannot have \`routing_preferences\`.`,
    });
    return;
  }
  problems.add('deprecated', place, {
    message: '`routing_preferences` inside a model is the old form.',
    fix: `Write them at top level: \`routing_preferences: [{name, description, models: [${model.model ?? 'provider/model'}]}]\`.`,
  });
}

function lift(draft: Draft, { document, problems }: MigrationContext): PreferenceDraft[] {
  const taken = new Set((draft.routing_preferences ?? []).map((preference) => preference.name));
  const byName = new Map<string, PreferenceDraft & { models: string[] }>();
  for (const { model, routing_preferences: inline } of draft.model_providers ?? []) {
    if (model === undefined || model.endsWith('/*')) continue;
    for (const preference of inline ?? []) {
      const { name, description } = preference;
      if (name === undefined) {
        problems.add('no_effect', document.place(preference), {
          message: 'A routing preference without `name` is ignored.',
          fix: 'Give it a `name`.',
        });
        continue;
      }
      if (taken.has(name)) continue;
      const known = byName.get(name);
      if (known === undefined) {
        const created = { name, ...(description === undefined ? {} : { description }), models: [model] };
        byName.set(name, document.adopt(created, preference));
        continue;
      }
      if (!known.models.includes(model)) known.models.push(model);
      if (description !== undefined && description !== known.description) {
        problems.add('no_effect', document.place(preference, 'description'), {
          message: `The preference \`${name}\` has another description at another model; this one is ignored.`,
          fix: 'Write the same description everywhere, or one preference at top level.',
        });
      }
    }
  }
  return [...byName.values()];
}
