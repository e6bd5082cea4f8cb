import { findProvider, providerIds } from '../../providers/registry';
import type { CheckContext } from '../check-context';
import type { ModelDraft } from '../draft';
import { enumerate, nearest } from '../suggest';
import { isWildcard, lookupName, splitModel } from './model-names';

/** Vendors that Plano does not know: files written for it describe them with provider_interface, which stays allowed. */
const UNKNOWN_TO_PLANO: ReadonlySet<string> = new Set(['minimax']);

export function checkModels(context: CheckContext): void {
  const models = context.draft.model_providers ?? [];
  for (const model of models) checkEntry(model, context);
  checkDuplicates(models, context);
  const defaults = models.filter((model) => model.default === true);
  for (const extra of defaults.slice(1)) {
    context.problems.add('several_defaults', context.document.place(extra, 'default'), {
      message: `\`${lookupName(extra) ?? 'This model'}\` is marked as default, but \`${lookupName(defaults[0] ?? {}) ?? 'another'}\` already is.`,
    });
  }
}

function checkEntry(entry: ModelDraft, context: CheckContext): void {
  const { document, problems } = context;
  if (entry.passthrough_auth === true && entry.access_key !== undefined) {
    problems.add('no_effect', document.keyPlace(entry, 'access_key'), {
      message: '`access_key` is ignored, because `passthrough_auth` forwards the credential of the caller.',
      why: 'Only one credential can be sent.',
      fix: 'Remove one of the two keys.',
    });
  }
  if (entry.http_host !== undefined && entry.base_url === undefined) {
    problems.add('no_effect', document.keyPlace(entry, 'http_host'), {
      message: '`http_host` does nothing without `base_url`.',
      why: 'The built-in address has its own host.',
      fix: 'Add `base_url`, or remove `http_host`.',
    });
  }
  if (entry.model === undefined) return;
  const place = document.place(entry, 'model');
  const parts = splitModel(entry.model);
  if (parts === undefined) {
    problems.add('invalid_model_name', place, {
      message: `\`${entry.model}\` does not say whose model it is.`,
      fix: modelNameAdvice(entry.model),
    });
    return;
  }
  if (isWildcard(entry.model) && entry.default === true) {
    problems.add('wildcard_default', document.place(entry, 'default'), {
      message: `\`${entry.model}\` stands for many models, so it cannot be the default.`,
    });
  }
  checkProvider(entry, parts.prefix, context);
  checkCloudKeys(entry, parts.prefix, context);
}

function checkCloudKeys(entry: ModelDraft, prefix: string, { document, problems }: CheckContext): void {
  const provider = findProvider(entry.provider_interface ?? prefix);
  if (provider === undefined) return;
  for (const key of ['region', 'project', 'api_version'] as const) {
    if (entry[key] === undefined || provider.placeKeys?.includes(key) === true) continue;
    problems.add('no_effect', document.keyPlace(entry, key), {
      message: `\`${key}\` does nothing for \`${provider.id}\`.`,
      why: 'Nothing in its addresses depends on it.',
      fix: 'Remove it.',
    });
  }
}

function modelNameAdvice(model: string): string {
  if (model.includes('/')) return 'Write both parts: `provider/model`, for example `openai/gpt-4o`.';
  const guess = model.startsWith('claude') ? 'anthropic' : /^(gpt|o\d)/.test(model) ? 'openai' : 'provider';
  return `Write \`${guess}/${model}\`.`;
}

function checkProvider(entry: ModelDraft, prefix: string, context: CheckContext): void {
  const { document, problems, environment } = context;
  const place = document.place(entry, 'model');
  const provider = findKnownVendor(entry, prefix);
  if (provider === undefined) {
    reportUnknownProvider(entry, prefix, context);
    return;
  }
  if (entry.provider_interface !== undefined && !UNKNOWN_TO_PLANO.has(provider.id)) {
    problems.add('needless_provider_interface', document.keyPlace(entry, 'provider_interface'), {
      message: `\`${prefix}\` is a known provider, so \`provider_interface\` cannot be given.`,
      fix: `Remove \`provider_interface\`, or use a prefix of your own such as \`my-${prefix}/…\` for another API.`,
    });
  }
  if (
    provider.baseUrl === undefined &&
    !document.isWritten(entry, 'base_url') &&
    !(provider.baseUrlFor !== undefined && document.isWritten(entry, 'region')) &&
    environment.get(overrideVariable(provider.id)) === undefined
  ) {
    problems.add('missing_base_url', place, {
      message: `\`${provider.id}\` needs \`base_url\`${provider.baseUrlFor === undefined ? '' : ' or `region`'}.`,
    });
  }
}

function reportUnknownProvider(entry: ModelDraft, prefix: string, { document, problems }: CheckContext): void {
  const missing = (['base_url', 'provider_interface'] as const).filter((key) => !document.isWritten(entry, key));
  if (missing.length === 0) return;
  const near = nearest(prefix, providerIds());
  const keys = missing.map((key) => `\`${key}\``);
  problems.add('unknown_provider', document.place(entry, 'model'), {
    message: `\`${prefix}\` is no provider that is known here, and the entry has ${keys.length === 2 ? `neither ${keys.join(' nor ')}` : `no ${keys.join()}`}.`,
    fix:
      near === undefined
        ? `Add ${keys.join(' and ')}. Known providers are ${enumerate(providerIds(), 'and')}.`
        : `Did you mean \`${near}\`? Otherwise add ${keys.join(' and ')}.`,
  });
}

/** The described vendor behind a prefix. Other spellings (`google`) count only where the file declares no interface. */
export function findKnownVendor(entry: ModelDraft, prefix: string): ReturnType<typeof findProvider> {
  const provider = findProvider(prefix);
  if (provider === undefined || provider.id === prefix) return provider;
  return isWildcard(entry.model ?? '') && entry.provider_interface === undefined ? provider : undefined;
}

/** Name of the variable that redirects a provider. */
export function overrideVariable(providerId: string): string {
  return `OUTERLOOP_BASE_URL_${providerId.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function checkDuplicates(models: readonly ModelDraft[], { document, problems }: CheckContext): void {
  const first = new Map<string, ModelDraft>();
  for (const entry of models) {
    const name = lookupName(entry);
    if (name === undefined) continue;
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, entry);
      continue;
    }
    const line = document.place(earlier, earlier.name === undefined ? 'model' : 'name').line;
    if (entry.name !== undefined || earlier.name !== undefined) {
      problems.add('duplicate_provider_name', document.place(entry, entry.name === undefined ? 'model' : 'name'), {
        message: `The name \`${name}\` is already used in line ${line}.`,
      });
    } else if (isWildcard(name)) {
      problems.add('shadowed_wildcard', document.place(earlier, 'model'), {
        message: `\`${name}\` is configured again in line ${document.place(entry, 'model').line}; that entry wins.`,
      });
      first.set(name, entry);
    } else {
      problems.add('duplicate_model', document.place(entry, 'model'), {
        message: `\`${name}\` is already configured in line ${line}.`,
      });
    }
  }
}
