import type { CheckContext } from '../check-context';
import { nearest } from '../suggest';
import { ConfiguredModels, isWildcard } from './model-names';

export function checkAliases(context: CheckContext): void {
  const { draft, document, problems } = context;
  const models = new ConfiguredModels(draft);
  const aliases = draft.model_aliases ?? {};
  for (const [name, alias] of Object.entries(aliases)) {
    if (alias.target !== undefined && alias.targets !== undefined) {
      problems.add('alias_target_choice', document.keyPlace(alias, 'target'), {
        message: `The alias \`${name}\` has both \`target\` and \`targets\`.`,
      });
    }
    if (!document.isWritten(alias, 'target') && !document.isWritten(alias, 'targets')) {
      problems.add('missing_key', document.keyPlace(aliases, name), {
        message: `The alias \`${name}\` has no \`target\`.`,
        why: 'An alias stands for a configured model.',
        fix: 'Add `target:` with a model, or `targets:` with a list of models.',
      });
    }
    const check = (target: string, container: object, step: string | number): void => {
      if (models.find(target).length > 0) return;
      problems.add('unknown_alias_target', document.place(container, step), describe(target, name, aliases, models));
    };
    if (alias.target !== undefined) check(alias.target, alias, 'target');
    const places = alias.targets ?? [];
    places.forEach((place, index) => {
      if (typeof place === 'string') check(place, places, index);
      else {
        for (const item of place) if (item.model !== undefined) check(item.model, item, 'model');
        if (place.every(({ weight }) => weight === 0)) {
          problems.add('out_of_range', document.place(places, index), {
            message: `All weights of a place of the alias \`${name}\` are 0.`,
            fix: 'Give at least one of its models a weight above 0, or remove the place.',
          });
        }
      }
    });
  }
}

function describe(
  target: string,
  alias: string,
  aliases: Readonly<Record<string, unknown>>,
  models: ConfiguredModels,
): { message: string; fix?: string } {
  const message = `The alias \`${alias}\` points to \`${target}\`, which is not a configured model`;
  if (Object.hasOwn(aliases, target)) return { message: `${message} but another alias.` };
  if (isWildcard(target))
    return { message: `${message} but a wildcard.`, fix: 'Point the alias to one concrete model.' };
  if (models.coveredByWildcard(target)) {
    return {
      message: `${message}; only a wildcard covers it.`,
      fix: `Add \`- model: ${target}\` under \`model_providers\`.`,
    };
  }
  const near = nearest(target, models.references);
  return near === undefined ? { message: `${message}.` } : { message: `${message}.`, fix: `Did you mean \`${near}\`?` };
}
