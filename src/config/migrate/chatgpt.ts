import { createHash } from 'node:crypto';
import type { Draft, ModelDraft } from '../draft';
import type { MigrationContext } from './index';

/**
 * ChatGPT subscriptions: the caller's own login unless a key is written, and the headers by which that backend knows its
 * clients. Headers that the file writes stay.
 */
export function defaultChatgptEntries(draft: Draft, { document, environment }: MigrationContext): Draft {
  const models = draft.model_providers;
  if (models === undefined || !models.some(isChatgpt)) return draft;
  const hasAccount = environment.get('CHATGPT_ACCOUNT_ID') !== undefined;
  const completed = models.map((model) =>
    isChatgpt(model) ? document.adopt(complete(model, document.text, hasAccount), model) : model,
  );
  return document.adopt({ ...draft, model_providers: document.adopt(completed, models) }, draft);
}

function isChatgpt(model: ModelDraft): boolean {
  return model.model?.startsWith('chatgpt/') === true;
}

function complete(model: ModelDraft, text: string, hasAccount: boolean): ModelDraft {
  const written = model.headers ?? {};
  const names = new Set(Object.keys(written).map((name) => name.toLowerCase()));
  const defaults: Record<string, string> = {
    ...(hasAccount ? { 'ChatGPT-Account-Id': '$CHATGPT_ACCOUNT_ID' } : {}),
    originator: 'codex_cli_rs',
    'user-agent': 'codex_cli_rs/0.0.0 (Unknown 0; unknown) unknown',
    session_id: sessionId(`${model.name ?? model.model ?? ''}\n${text}`),
  };
  const missing = Object.entries(defaults).filter(([name]) => !names.has(name.toLowerCase()));
  const ownLogin = model.passthrough_auth === undefined && model.access_key === undefined;
  return {
    ...model,
    ...(ownLogin ? { passthrough_auth: true } : {}),
    headers: { ...Object.fromEntries(missing), ...written },
  };
}

/** A UUID that stays the same for one entry of one text, so that compiling twice gives the same Plan. */
function sessionId(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
