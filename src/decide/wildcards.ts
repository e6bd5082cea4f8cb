/** Wildcard entries (`openai/*`): which names they match, and which models they stand for in a list. */
import type { ModelPlan } from '../config/plan';
import type { Provider } from '../providers/provider';
import { catalogModels, findProvider } from '../providers/registry';

/** A wildcard entry with what it matches. */
export interface Wildcard {
  readonly model: ModelPlan;
  /** Beginnings of matching names: `openai/`, and `my-openai/` when the entry is named so. */
  readonly starts: readonly string[];
  /** Part of the model id that stands before the star: empty, or `meta/` in `openrouter/meta/*`. */
  readonly idPrefix: string;
  /** Vendor behind the prefix; undefined for prefixes nobody knows, which match but list nothing. */
  readonly vendor: Provider | undefined;
}

/** Model ids from clients end up in paths and headers: printable ASCII, and no segment that climbs. */
const SAFE_MODEL_ID = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\x21-\x7e]{1,256}$/;

/** @param model an entry with `wildcard: true` */
export function wildcardOf(model: ModelPlan): Wildcard {
  const idPrefix = model.modelId.replace(/\*$/, '');
  const vendor = findProvider(model.prefix);
  const spellings = vendor?.id === model.provider ? [vendor.id, ...(vendor.aliases ?? [])] : [];
  const starts = new Set([model.prefix, ...spellings].map((prefix) => `${prefix}/${idPrefix}`));
  if (model.name !== model.model) starts.add(`${model.name.replace(/\/?\*$/, '')}/`);
  return { model, starts: [...starts], idPrefix, vendor };
}

/** Model id sent upstream when `name` matches the wildcard, whatever the vendor is known to offer. */
export function dynamicId(wildcard: Wildcard, name: string): string | undefined {
  const start = wildcard.starts.find((candidate) => name.startsWith(candidate));
  if (start === undefined) return undefined;
  const rest = name.slice(start.length);
  const modelId = `${wildcard.idPrefix}${rest}`;
  return rest === '' || rest.includes('*') || !SAFE_MODEL_ID.test(modelId) ? undefined : modelId;
}

/** Ids the vendor is known to offer, as far as the wildcard reaches. */
export function catalogIds(wildcard: Wildcard): readonly string[] {
  if (!wildcard.vendor) return [];
  return catalogModels(wildcard.vendor).filter((id) => id.startsWith(wildcard.idPrefix));
}
