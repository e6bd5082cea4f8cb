import type { FileData } from '../draft';
import type { MigrationContext } from './index';

/** `llm_providers` is the old name of `model_providers`. */
export function renameLlmProviders(data: FileData, { document, problems }: MigrationContext): FileData {
  const { llm_providers: old, ...rest } = data;
  if (old === undefined) return data;
  const place = document.keyPlace(data, 'llm_providers');
  if (rest.model_providers !== undefined) {
    problems.add('both_provider_lists', place, {
      message: 'Both `model_providers` and `llm_providers` are written; only one of them can be.',
    });
    return document.adopt(rest, data);
  }
  problems.add('deprecated', place, {
    message: '`llm_providers` is the old name of `model_providers`.',
    fix: 'Rename the key to `model_providers`.',
  });
  return document.adopt({ ...rest, model_providers: old }, data);
}
