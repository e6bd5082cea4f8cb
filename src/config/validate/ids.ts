import type { CheckContext } from '../check-context';
import { suggestion } from '../suggest';
import type { ProblemCode } from '../problem-table/index';

/** Ids of agents, filters and guards: unique, and everything that refers to them finds them. */
export function checkIds(context: CheckContext): void {
  const { agents = [], filters = [], guards = [] } = context.draft;
  reportRepeatedIds([...agents, ...filters], context);
  reportRepeatedIds(guards, context);
  const agentIds = idsOf(agents);
  // Plano keeps agents and filters in one namespace, so a chain may name either.
  const filterIds = [...idsOf(filters), ...agentIds];
  const guardIds = idsOf(guards);
  for (const listener of context.draft.listeners ?? []) {
    for (const owner of [listener, ...(listener.agents ?? [])]) {
      checkList(context, owner, 'input_filters', 'unknown_filter', filterIds);
      checkList(context, owner, 'output_filters', 'unknown_filter', filterIds);
      checkList(context, owner, 'input_guards', 'unknown_guard', guardIds);
      checkList(context, owner, 'output_guards', 'unknown_guard', guardIds);
    }
    for (const agent of listener.agents ?? []) {
      if (agent.id === undefined || agentIds.includes(agent.id)) continue;
      const isFilter = filterIds.includes(agent.id);
      context.problems.add('unknown_agent', context.document.place(agent, 'id'), {
        message: `No agent has the id \`${agent.id}\`${isFilter ? '; a filter has it' : ''}.`,
        fix: suggestion(agent.id, agentIds, `Define it: \`agents: [{id: ${agent.id}, url: http://localhost:PORT}]\`.`),
      });
    }
  }
}

function idsOf(items: readonly { id?: string }[]): readonly string[] {
  return items.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

function reportRepeatedIds(items: readonly { id?: string }[], { document, problems }: CheckContext): void {
  const firstLine = new Map<string, number>();
  for (const item of items) {
    if (item.id === undefined) continue;
    const place = document.place(item, 'id');
    const earlier = firstLine.get(item.id);
    if (earlier === undefined) firstLine.set(item.id, place.line);
    else problems.add('duplicate_id', place, { message: `The id \`${item.id}\` is already used in line ${earlier}.` });
  }
}

type ListKey = 'input_filters' | 'output_filters' | 'input_guards' | 'output_guards';

function checkList(
  { document, problems }: CheckContext,
  owner: { [key in ListKey]?: string[] },
  key: ListKey,
  code: ProblemCode,
  known: readonly string[],
): void {
  const ids = owner[key];
  if (ids === undefined) return;
  const kind = code === 'unknown_guard' ? 'guard' : 'filter';
  ids.forEach((id, index) => {
    if (known.includes(id)) return;
    problems.add(code, document.place(ids, index), {
      message: `No ${kind} has the id \`${id}\`.`,
      fix: suggestion(id, known, `Define it under \`${kind}s:\`.`),
    });
  });
}
