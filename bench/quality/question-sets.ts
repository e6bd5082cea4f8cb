/** Question sets: agents with descriptions, and requests with the agents that should work on them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ListenerAgentPlan } from '../../src/config/plan';

export interface Question {
  readonly conversation: readonly { readonly role: string; readonly text: string }[];
  /** Agent ids in order; empty: out of scope, the default agent should answer. */
  readonly expected: readonly string[];
}

export interface QuestionSet {
  readonly name: string;
  readonly agents: readonly ListenerAgentPlan[];
  readonly questions: readonly Question[];
}

/** One line of a question file: the short form for a single message, or the long form. */
type Line =
  | { readonly text: string; readonly agent: string | null }
  | { readonly messages: readonly { readonly role: string; readonly content: string }[]; readonly agents: string[] };

const OWN_DATA = resolve(__dirname, '..', '..', '..', '..', 'bench', 'quality', 'data');

/** The set written for this project, part of the repository. */
export function ownSet(): QuestionSet {
  return readSet(`${join(OWN_DATA, 'travel-agents.json')}#travel=${join(OWN_DATA, 'travel-questions.jsonl')}`);
}

/**
 * Reads `AGENTS.json#NAME=QUESTIONS.jsonl`. The first file maps set names to `{agent id: description}`, the second holds
 * one JSON object a line: `{"text", "agent"}` (agent null: out of scope) or `{"messages", "agents"}`.
 */
export function readSet(argument: string): QuestionSet {
  const [, agentsFile, name, questionsFile] = /^(.+)#([^=]+)=(.+)$/.exec(argument) ?? [];
  if (agentsFile === undefined || name === undefined || questionsFile === undefined) {
    throw new Error(`expected AGENTS.json#NAME=QUESTIONS.jsonl, got ${argument}`);
  }
  const descriptions = (JSON.parse(readFileSync(agentsFile, 'utf8')) as Record<string, Record<string, string>>)[name];
  if (descriptions === undefined) throw new Error(`${agentsFile} has no set ${name}`);
  const agents = Object.entries(descriptions).map(([id, description]) => ({
    id,
    description,
    default: false,
    examples: [],
    inputFilters: [],
  }));
  const lines = readFileSync(questionsFile, 'utf8').split('\n').filter(Boolean);
  return { name, agents, questions: lines.map((line) => questionOf(JSON.parse(line) as Line)) };
}

/** Two requests for different agents in one message, joined the way people join them. The same seed gives the same pairs. */
export function joinedPairs(set: QuestionSet, count: number, seed: number): QuestionSet {
  const connectors = [' and ', ' and then ', ', and ', '. also ', ', then ', ' and also ', ' plus '];
  const random = seededRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const usable = set.questions.filter(
    ({ conversation, expected }) =>
      conversation.length === 1 && expected.length === 1 && (conversation[0]?.text.split(' ').length ?? 0) > 3,
  );
  const questions: Question[] = [];
  while (questions.length < count) {
    const [first, second] = [pick(usable), pick(usable)];
    if (first.expected[0] === second.expected[0]) continue;
    const [left = '', right = ''] = [first, second].map(({ conversation }) => conversation[0]?.text);
    const text = left.replace(/[?.]+$/, '') + pick(connectors) + right;
    questions.push({ conversation: [{ role: 'user', text }], expected: [...first.expected, ...second.expected] });
  }
  return { name: `${set.name}, joined in pairs`, agents: set.agents, questions };
}

function questionOf(line: Line): Question {
  if ('text' in line) {
    return {
      conversation: [{ role: 'user', text: line.text }],
      expected: line.agent === null ? [] : [line.agent],
    };
  }
  return { conversation: line.messages.map(({ role, content }) => ({ role, text: content })), expected: line.agents };
}

/** Mulberry32: small, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
