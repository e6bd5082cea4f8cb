/** How often the chooser is right on a question set. */
import { createAgentChooser, type AgentDecision } from '../../src/decide/agents';
import type { Encoder } from '../../src/ports/encoder';
import type { Question, QuestionSet } from './question-sets';

export interface ChoiceQuality {
  readonly set: string;
  readonly agents: number;
  /** Requests with a right answer. */
  readonly inScope: number;
  /** Share whose list of agents is right, in order and complete. */
  readonly exact: number;
  /** Share whose first agent is right. */
  readonly first: number;
  /** Share of requests for one agent that several got. */
  readonly spurious: number;
  /** Share of requests with a right answer that were not understood and went to the default agent. */
  readonly missed: number;
  readonly outOfScope: number;
  /** Share of out-of-scope requests that went to the default agent. */
  readonly rejected: number;
}

interface Answer {
  readonly question: Question;
  readonly decision: AgentDecision;
}

export async function measureChoices(set: QuestionSet, encoder: Encoder, show: boolean): Promise<ChoiceQuality> {
  const chooser = await createAgentChooser({ agents: set.agents, encoder });
  const answers: Answer[] = [];
  for (const question of set.questions) {
    const decision = await chooser.choose(question.conversation);
    answers.push({ question, decision });
    if (show && !isExact({ question, decision })) showMistake(question, decision);
  }
  const inScope = answers.filter(({ question }) => question.expected.length > 0);
  const outOfScope = answers.filter(({ question }) => question.expected.length === 0);
  const forOne = inScope.filter(({ question }) => question.expected.length === 1);
  const byDefault = ({ decision }: Answer): boolean => decision.decidedBy === 'default';
  return {
    set: set.name,
    agents: set.agents.length,
    inScope: inScope.length,
    exact: share(inScope, isExact),
    first: share(inScope, ({ question, decision }) => decision.agents[0] === question.expected[0]),
    spurious: share(forOne, ({ decision }) => decision.agents.length > 1),
    missed: share(inScope, byDefault),
    outOfScope: outOfScope.length,
    rejected: share(outOfScope, byDefault),
  };
}

function isExact({ question, decision }: Answer): boolean {
  return decision.agents.join() === question.expected.join();
}

function share(answers: readonly Answer[], holds: (answer: Answer) => boolean): number {
  return answers.length === 0 ? Number.NaN : answers.filter(holds).length / answers.length;
}

function showMistake({ conversation, expected }: Question, { agents, reason }: AgentDecision): void {
  console.log(
    `${JSON.stringify(conversation.at(-1)?.text)}: expected ${expected.join(', ')}, got ${agents.join(', ')}`,
  );
  console.log(`  ${reason}`);
}
