import type { CheckContext } from '../check-context';
import type { Draft } from '../draft';
import { OVERRIDE_KEYS } from '../schema/overrides';
import { nearest } from '../suggest';

interface IdleKey {
  readonly container: object | undefined;
  readonly key: string;
  readonly why: string;
}

/** Keys that are accepted for compatibility and do nothing, and keys that cannot apply where they stand. */
export function checkIdleKeys(context: CheckContext): void {
  for (const { container, key, why } of idleKeys(context)) {
    if (container === undefined || !Object.hasOwn(container, key)) continue;
    context.problems.add('no_effect', context.document.keyPlace(container, key), {
      message: `\`${key}\` does nothing here.`,
      why,
    });
  }
  reportUnknownOverrides(context);
  reportUnusedFilters(context);
}

function idleKeys({ draft }: CheckContext): readonly IdleKey[] {
  const compatibility = 'It is accepted so that existing files load; Plano never read it either.';
  return [
    { container: draft, key: 'mode', why: compatibility },
    { container: draft.tracing, key: 'trace_arch_internal', why: compatibility },
    { container: draft.routing, key: 'llm_provider', why: compatibility },
    { container: draft.routing, key: 'model', why: compatibility },
    { container: draft.overrides, key: 'prompt_target_intent_matching_threshold', why: compatibility },
    ...(draft.prompt_targets ?? [])
      .flatMap((target) => target.parameters ?? [])
      .map((container) => ({
        container,
        key: 'in_path',
        why: 'Placeholders in `path` decide which parameters go there.',
      })),
    ...(draft.filters ?? [])
      .filter((filter) => filter.type === 'http')
      .flatMap((container) =>
        ['transport', 'tool'].map((key) => ({
          container,
          key,
          why: 'Only MCP filters have it; this one is `type: http`.',
        })),
      ),
    ...idleListenerKeys(draft),
  ];
}

function idleListenerKeys(draft: Draft): readonly IdleKey[] {
  return (draft.listeners ?? []).flatMap((container) => [
    ...(container.type === 'agent'
      ? []
      : ['agents', 'router'].map((key) => ({
          container,
          key,
          why: 'Only listeners with `type: agent` choose agents.',
        }))),
    ...(container.type === 'model'
      ? []
      : ['max_retries', 'usage', 'failover'].map((key) => ({
          container,
          key,
          why: 'Only the listener with `type: model` calls providers.',
        }))),
  ]);
}

function reportUnknownOverrides({ draft, document, problems }: CheckContext): void {
  for (const key of Object.keys(draft.overrides ?? {})) {
    if (draft.overrides === undefined || OVERRIDE_KEYS.includes(key)) continue;
    const near = nearest(key, OVERRIDE_KEYS);
    problems.add('unknown_override', document.keyPlace(draft.overrides, key), {
      message: `\`overrides.${key}\` is not known, so it does nothing.`,
      ...(near === undefined ? {} : { fix: `Did you mean \`${near}\`?` }),
    });
  }
}

function reportUnusedFilters({ draft, document, problems }: CheckContext): void {
  const used = new Set<string>([
    ...(draft.listeners ?? []).flatMap((listener) => [
      ...(listener.input_filters ?? []),
      ...(listener.output_filters ?? []),
      ...(listener.agents ?? []).flatMap((agent) => agent.input_filters ?? []),
    ]),
    ...(draft.prompt_targets ?? []).flatMap((target) => target.endpoint?.name ?? []),
  ]);
  for (const filter of draft.filters ?? []) {
    if (filter.id === undefined || used.has(filter.id)) continue;
    problems.add('no_effect', document.place(filter, 'id'), {
      message: `The filter \`${filter.id}\` is not used by any listener or agent.`,
      why: 'A filter works where it is attached.',
      fix: 'Add its id to `input_filters` or `output_filters`, or remove it.',
    });
  }
}
