import type { CheckContext } from '../check-context';
import { pathText } from '../config-document';

/** Only upper-case names, as variables are usually written: `$5` or `$ref` in a text means something else. */
const REFERENCE = /\$(?:\{[A-Z_][A-Z0-9_]*\}|[A-Z_][A-Z0-9_]*)/;

/** Plano replaces variables in every text of the file; where that is not done here, the file is told. */
export function checkUnexpanded({ draft, document, problems }: CheckContext): void {
  const check = (container: object | undefined, keys: readonly string[]): void => {
    if (container === undefined) return;
    for (const key of keys) {
      const value = (container as Record<string, unknown>)[key];
      const reference = typeof value === 'string' ? REFERENCE.exec(value)?.[0] : undefined;
      if (reference === undefined) continue;
      problems.add('unexpanded_reference', document.place(container, key), {
        message: `\`${reference}\` is not replaced in \`${pathText(document.pathOf(container, key))}\`.`,
      });
    }
  };
  for (const model of draft.model_providers ?? []) check(model, ['model', 'name']);
  for (const alias of Object.values(draft.model_aliases ?? {})) check(alias, ['target']);
  for (const item of [...(draft.agents ?? []), ...(draft.filters ?? [])]) check(item, ['id', 'tool']);
  for (const listener of draft.listeners ?? []) check(listener, ['name', 'timeout']);
  for (const target of draft.prompt_targets ?? []) check(target.endpoint, ['name', 'path']);
  check(draft.routing?.session_cache, ['tenant_header']);
  check(draft.overrides, ['llm_routing_model', 'agent_orchestration_model']);
  const attributes = draft.tracing?.span_attributes?.static;
  check(attributes, Object.keys(attributes ?? {}));
}
