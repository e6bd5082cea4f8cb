/**
 * What the chooser knows of each agent, as vectors, and how a text is scored against them. Pure: vectors come in, numbers
 * go out.
 *
 * score = 0.4 × whole description + 0.6 × capability phrases + 0.1 × shared words
 *
 * A whole description is a blur of everything an agent can do; its phrases are sharp but short. The mix beats both. For the
 * phrases the mean of the two best counts, so that one accidental hit does not win alone. Example requests are phrases
 * too: an agent with examples and one without stay comparable.
 */
import type { ListenerAgentPlan } from '../config/plan';
import { createLexicalIndex } from './lexical';
import { capabilityPhrases, describeAgent, humaniseName } from './phrases';

const DESCRIPTION_WEIGHT = 0.4;
const PHRASE_WEIGHT = 0.6;
const LEXICAL_WEIGHT = 0.1;

/** Texts embedded per call while profiles are built: a batch must fit into the encoder's line together with live requests. */
const PROFILE_BATCH = 32;

/** How one text ranks the agents. */
export interface Ranking {
  /** One score per agent, in the order of the listener: about -0.1 (unrelated) to 1. */
  readonly scores: readonly number[];
  /** Index of the best agent; the earlier one wins a tie. */
  readonly best: number;
  readonly score: number;
  /** Distance to the second best; the score itself when there is no second. */
  readonly margin: number;
}

export type Rank = (text: string, vector: Float32Array) => Ranking;
type Embed = (texts: readonly string[]) => Promise<Float32Array[]>;

/** Embeds every description, phrase and example once. Rejects with what `embed` rejects with. */
export async function buildRank(agents: readonly ListenerAgentPlan[], embed: Embed): Promise<Rank> {
  const descriptions = await embedAll(
    agents.map((agent) => describeAgent(agent.id, agent.description)),
    embed,
  );
  const phrases: Float32Array[][] = [];
  for (const { id, description, examples } of agents) {
    phrases.push(await embedAll([...capabilityPhrases(id, description), ...examples], embed));
  }
  const lexical = createLexicalIndex(agents.map((agent) => `${humaniseName(agent.id)} ${agent.description}`));
  return (text, vector) => {
    const overlap = lexical.overlap(text);
    const scores = descriptions.map(
      (description, index) =>
        DESCRIPTION_WEIGHT * similarity(description, vector) +
        PHRASE_WEIGHT * meanOfTwoBest((phrases[index] ?? []).map((phrase) => similarity(phrase, vector))) +
        LEXICAL_WEIGHT * (overlap[index] ?? 0),
    );
    return rankingOf(scores);
  };
}

export function rankingOf(scores: readonly number[]): Ranking {
  const best = scores.reduce((winner, score, index) => (score > (scores[winner] ?? -Infinity) ? index : winner), 0);
  const score = scores[best] ?? 0;
  const second = Math.max(...scores.filter((_, index) => index !== best));
  return { scores, best, score, margin: Number.isFinite(second) ? score - second : score };
}

async function embedAll(texts: readonly string[], embed: Embed): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += PROFILE_BATCH) {
    vectors.push(...(await embed(texts.slice(start, start + PROFILE_BATCH))));
  }
  return vectors;
}

/** Cosine: both vectors have length 1. */
function similarity(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

function meanOfTwoBest(values: readonly number[]): number {
  const [first = 0, second = first] = [...values].sort((left, right) => right - left);
  return (first + second) / 2;
}
