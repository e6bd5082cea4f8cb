/**
 * What the chooser knows of each agent, as vectors, and how a text is scored against them. Pure: vectors come in, numbers
 * go out.
 *
 * Every agent is a bundle of short texts: its name, its description whole and cut into capabilities, its examples.
 *
 *   score = 0.5 × the bundle's average + 0.5 × the two closest texts of it + 0.1 × shared words
 *
 * The average says what an agent is about, the closest texts whether it can do this very thing. Two of them, so that one
 * accidental hit does not win alone. Because examples are texts like the others, an agent with examples and one without
 * stay comparable.
 */
import type { ListenerAgentPlan } from '../config/plan';
import { createLexicalIndex } from './lexical';
import { capabilityPhrases, describeAgent, humaniseName } from './phrases';

const AVERAGE_WEIGHT = 0.5;
const CLOSEST_WEIGHT = 0.5;
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

interface Profile {
  readonly texts: readonly Float32Array[];
  /** Mean of `texts`, length 1. */
  readonly average: Float32Array;
}

/** Embeds every agent's texts once. Rejects with what `embed` rejects with. */
export async function buildRank(agents: readonly ListenerAgentPlan[], embed: Embed): Promise<Rank> {
  const profiles: Profile[] = [];
  for (const { id, description, examples } of agents) {
    const texts = [describeAgent(id, description), ...capabilityPhrases(id, description), ...examples];
    const vectors = await embedAll(texts, embed);
    profiles.push({ texts: vectors, average: averageOf(vectors) });
  }
  const lexical = createLexicalIndex(agents.map((agent) => `${humaniseName(agent.id)} ${agent.description}`));
  return (text, vector) => {
    const overlap = lexical.overlap(text);
    const scores = profiles.map(
      ({ texts, average }, index) =>
        AVERAGE_WEIGHT * similarity(average, vector) +
        CLOSEST_WEIGHT * meanOfTwoBest(texts.map((known) => similarity(known, vector))) +
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

function averageOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) vector.forEach((value, index) => (sum[index] = (sum[index] ?? 0) + value));
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
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
