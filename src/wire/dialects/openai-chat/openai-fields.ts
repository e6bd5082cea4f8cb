import { asFilled, type JsonObject } from '../../json/read';
import type { ChatRequest } from '../../message';
import type { Warnings } from '../../warnings';
import { searchToolToOptions } from './web-search';

/** Fields that Responses spells alike. Metadata is none: here it is taken only together with `store`. */
const SHARED_FIELDS = ['verbosity', 'prompt_cache_key', 'prompt_cache_retention', 'safety_identifier'] as const;

/** What only OpenAI's own models take; hosts of other models refuse fields that they do not know. */
export function openaiFields({ otherFields = {}, otherTools = [] }: ChatRequest, warnings: Warnings): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const field of SHARED_FIELDS) {
    if (otherFields[field] === undefined) continue;
    fields[field] = otherFields[field];
    warnings.carried(field);
  }
  for (const tool of otherTools) {
    const options = searchToolToOptions(tool);
    if (options === undefined) continue;
    fields['web_search_options'] = options;
    warnings.carried(`tool ${asFilled(tool['type']) ?? ''}`);
  }
  return fields;
}
