import type { Draft, ModelDraft } from '../draft';
import type { MigrationContext } from './index';

const KIMI_HOST = 'api.kimi.com';
const KIMI_MODEL = 'kimi-for-coding';
const KIMI_USER_AGENT = 'KimiCLI/1.3';

/** Kimi's coding API lives below `/coding/v1` and answers only to its own command line's user agent. */
export function completeKimiEntries(draft: Draft, { document }: MigrationContext): Draft {
  const models = draft.model_providers;
  if (models === undefined || !models.some(isKimi)) return draft;
  const completed = models.map((model) => (isKimi(model) ? document.adopt(complete(model), model) : model));
  return document.adopt({ ...draft, model_providers: document.adopt(completed, models) }, draft);
}

function isKimi(model: ModelDraft): boolean {
  if (model.base_url === undefined) return false;
  const url = URL.parse(model.base_url);
  return url?.hostname === KIMI_HOST || model.model?.slice(model.model.indexOf('/') + 1) === KIMI_MODEL;
}

function complete(model: ModelDraft): ModelDraft {
  const headers = model.headers ?? {};
  const hasUserAgent = Object.keys(headers).some((name) => name.toLowerCase() === 'user-agent');
  return {
    ...model,
    ...(model.base_url === undefined ? {} : { base_url: model.base_url.replace(/\/coding\/?$/, '/coding/v1') }),
    ...(hasUserAgent ? {} : { headers: { ...headers, 'User-Agent': KIMI_USER_AGENT } }),
  };
}
