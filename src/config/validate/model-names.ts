import type { Draft, ModelDraft } from '../draft';

/** `openai/gpt-4o` → prefix `openai`, id `gpt-4o`; undefined without a provider or model part. */
export function splitModel(model: string): { readonly prefix: string; readonly id: string } | undefined {
  const slash = model.indexOf('/');
  const prefix = model.slice(0, slash).trim();
  const id = model.slice(slash + 1).trim();
  return slash < 0 || prefix === '' || id === '' ? undefined : { prefix, id };
}

/** `provider/*`; Plano also takes ids that end in a slash and a star for wildcards. */
export function isWildcard(model: string): boolean {
  return model.endsWith('/*');
}

/** Key by which the entry is looked up. */
export function lookupName({ name, model }: ModelDraft): string | undefined {
  return name ?? model;
}

/**
 * What an alias or preference can call the concrete models of a file: lookup name, full model text, bare id.
 * The bare id of several vendors stands for all of them, in file order.
 */
export class ConfiguredModels {
  readonly #byReference = new Map<string, string[]>();
  readonly #wildcards = new Set<string>();

  constructor(draft: Draft) {
    const entries = (draft.model_providers ?? []).flatMap((entry) => {
      const name = lookupName(entry);
      return entry.model === undefined || name === undefined ? [] : [{ name, model: entry.model }];
    });
    const concrete = entries.filter(({ model }) => !isWildcard(model));
    for (const { model } of entries) if (isWildcard(model)) this.#wildcards.add(splitModel(model)?.prefix ?? model);
    // Exact names first, so that a name never means another entry's model text or id.
    for (const { name } of concrete) this.#byReference.set(name, [name]);
    const owned = new Set(this.#byReference.keys());
    for (const { name, model } of concrete) {
      for (const reference of new Set([model, splitModel(model)?.id ?? model])) {
        if (owned.has(reference)) continue;
        const names = this.#byReference.get(reference) ?? [];
        this.#byReference.set(reference, [...names, name]);
      }
    }
  }

  /** Lookup names of the models that a reference stands for; empty when it stands for none. */
  find(reference: string): readonly string[] {
    return this.#byReference.get(reference) ?? [];
  }

  /** Everything that could be written. */
  get references(): readonly string[] {
    return [...this.#byReference.keys()];
  }

  /** Whether only a wildcard covers the reference. */
  coveredByWildcard(reference: string): boolean {
    const prefix = splitModel(reference)?.prefix;
    return prefix !== undefined && this.#wildcards.has(prefix);
  }
}
