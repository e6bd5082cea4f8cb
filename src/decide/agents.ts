/**
 * Which agents of a listener work on a request, and in which order.
 *
 * Decides from the agents' descriptions alone, with the embedded encoder: each part of the last user message is compared
 * with every agent; parts that clearly belong to different agents make a sequence. Called by the pipeline of agent
 * listeners. A decider that fails costs the quality of one answer, never the request: the default agent gets it.
 */
import type { ListenerAgentPlan } from '../config/plan';
import type { Encoder } from '../ports/encoder';
import type { RequestFacts } from '../wire/api';
import { GatewayError } from '../wire/errors';
import { buildRank, type Rank, type Ranking } from './agent-profile';
import * as reasons from './agent-reasons';
import { planClauses } from './clause-planner';
import { splitClauses } from './clauses';

export interface AgentDecision {
  /** Agent ids in the order in which they work; at least one, none twice. */
  readonly agents: readonly string[];
  readonly decidedBy: 'only' | 'encoder' | 'default';
  /** One sentence for people. Never quotes the request. */
  readonly reason: string;
  /** Best score of each agent over the parts of the request, best first. Empty when nothing was scored. */
  readonly scores: readonly { readonly name: string; readonly score: number }[];
  /** Lead of the chosen agent over the next one; of several chosen ones, the smallest lead. 0 when nothing was scored. */
  readonly margin: number;
}

export interface AgentChooser {
  /**
   * Never rejects. `conversation` is oldest first. Let `signal` abort when the client is gone or the time for deciding is
   * over: the answer is then the default agent.
   */
  choose(conversation: RequestFacts['conversation'], signal?: AbortSignal): Promise<AgentDecision>;
}

/** A message with more parts is a document, not a list of requests: it is judged whole. */
const MAX_CLAUSES = 8;

/** Of a long message the beginning and the end are read; the request stands at one of them. */
const LONG_MESSAGE_CHARACTERS = 1_200;

/** "and on Saturday?": so short a message may only mean something together with the one before it … */
const SHORT_MESSAGE_WORDS = 5;
/** … unless it leads by this much. */
const SHORT_MESSAGE_MARGIN = 0.15;

/**
 * Embeds descriptions, phrases and examples once (nothing for a single agent).
 * @throws GatewayError `no_agent` for an empty list; whatever the encoder rejects with.
 */
export async function createAgentChooser(options: {
  readonly agents: readonly ListenerAgentPlan[];
  readonly encoder: Encoder;
}): Promise<AgentChooser> {
  const agents = [...new Map(options.agents.map((agent) => [agent.id, agent])).values()];
  const [first] = agents;
  if (first === undefined) throw new GatewayError('no_agent', 'This listener has no agents.');
  if (agents.length === 1) {
    const decision = unscored([first.id], 'only', reasons.onlyAgent(first.id));
    return { choose: () => Promise.resolve(decision) };
  }
  const rank = await buildRank(agents, (texts) => options.encoder.embed(texts));
  const fallback = agents.find((agent) => agent.default) ?? first;
  return new EncoderChooser(
    agents.map((agent) => agent.id),
    fallback.id,
    rank,
    options.encoder,
  );
}

/** What was found in the request: one ranking per job, and whether the message before was needed to understand it. */
interface Finding {
  readonly jobs: readonly Ranking[];
  readonly withPrevious: boolean;
}

class EncoderChooser implements AgentChooser {
  constructor(
    private readonly ids: readonly string[],
    private readonly fallbackId: string,
    private readonly rank: Rank,
    private readonly encoder: Encoder,
  ) {}

  async choose(conversation: RequestFacts['conversation'], signal?: AbortSignal): Promise<AgentDecision> {
    const said = conversation.flatMap(({ role, text }) => (role === 'user' && text.trim() !== '' ? [text.trim()] : []));
    const last = said.at(-1);
    if (last === undefined) return this.fallback(reasons.noUserText(this.fallbackId));
    try {
      return this.decide(await this.find(clip(last), said.at(-2), signal));
    } catch (error) {
      return this.fallback(reasons.encoderFailed(this.fallbackId, signal?.aborted === true, error));
    }
  }

  private async find(text: string, previous: string | undefined, signal: AbortSignal | undefined): Promise<Finding> {
    const jobs = await this.severalJobs(text, signal);
    if (jobs.length > 0) return { jobs, withPrevious: false };
    const whole = await this.rankOne(text, signal);
    if (previous === undefined || this.standsAlone(text, whole)) return { jobs: [whole], withPrevious: false };
    const joined = await this.rankOne(`${clip(previous)}\n${text}`, signal);
    return { jobs: [joined], withPrevious: true };
  }

  /** Empty when the message is one job: judged whole it is judged better. */
  private async severalJobs(text: string, signal: AbortSignal | undefined): Promise<readonly Ranking[]> {
    const clauses = splitClauses(text);
    if (clauses.length === 1 || clauses.length > MAX_CLAUSES) return [];
    const vectors = await this.encoder.embed(
      clauses.map((clause) => clause.text),
      signal,
    );
    const ranked = clauses.map((clause, index) => ({
      clause,
      ranking: this.rank(clause.text, vectors[index] ?? new Float32Array()),
    }));
    const jobs = planClauses(ranked, this.encoder.thresholds.acceptScore);
    const differ = jobs.some((job) => job.best !== jobs[0]?.best);
    return differ ? jobs : [];
  }

  private async rankOne(text: string, signal: AbortSignal | undefined): Promise<Ranking> {
    const [vector = new Float32Array()] = await this.encoder.embed([text], signal);
    return this.rank(text, vector);
  }

  private standsAlone(text: string, { score, margin }: Ranking): boolean {
    const { acceptScore, acceptMargin } = this.encoder.thresholds;
    const short = text.split(/\s+/).length <= SHORT_MESSAGE_WORDS;
    return score >= acceptScore && margin >= (short ? SHORT_MESSAGE_MARGIN : acceptMargin);
  }

  private decide({ jobs, withPrevious }: Finding): AgentDecision {
    const { acceptScore, acceptMargin } = this.encoder.thresholds;
    const scores = this.bestScores(jobs);
    const margin = Math.min(...jobs.map((job) => job.margin));
    const [top, next] = scores;
    if (top === undefined || (jobs.length === 1 && top.score < acceptScore)) {
      const reason = reasons.belowThreshold(this.fallbackId, top, acceptScore);
      return { agents: [this.fallbackId], decidedBy: 'default', reason, scores, margin };
    }
    const chosen = new Map<string, number>();
    for (const { best, score } of jobs) {
      const id = this.ids[best] ?? this.fallbackId;
      chosen.set(id, Math.max(score, chosen.get(id) ?? score));
    }
    const reason =
      chosen.size > 1
        ? reasons.severalAgents([...chosen].map(([name, score]) => ({ name, score })))
        : reasons.bestAgent(top, next, { sure: margin >= acceptMargin, withPrevious });
    return { agents: [...chosen.keys()], decidedBy: 'encoder', reason, scores, margin };
  }

  private bestScores(jobs: readonly Ranking[]): AgentDecision['scores'] {
    return this.ids
      .map((name, index) => ({ name, score: Math.max(...jobs.map((job) => job.scores[index] ?? 0)) }))
      .sort((left, right) => right.score - left.score);
  }

  private fallback(reason: string): AgentDecision {
    return unscored([this.fallbackId], 'default', reason);
  }
}

function unscored(agents: readonly string[], decidedBy: AgentDecision['decidedBy'], reason: string): AgentDecision {
  return { agents, decidedBy, reason, scores: [], margin: 0 };
}

function clip(message: string): string {
  if (message.length <= LONG_MESSAGE_CHARACTERS) return message;
  const half = LONG_MESSAGE_CHARACTERS / 2;
  return `${message.slice(0, half)}\n${message.slice(-half)}`;
}
