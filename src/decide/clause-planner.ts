/**
 * Decides which clauses of a request are jobs for different agents, in which order. Pure: clauses and their rankings come
 * in; `clauses.ts` made the former, `agent-profile.ts` the latter.
 *
 * A cut stands when the parts on both sides fit different agents, both well enough, and with the lead that the wording
 * demands: none for two plain requests, more for what may as well belong to the part before it. Everything else is one job,
 * led by whichever of its parts is the surest.
 */
import type { Ranking } from './agent-profile';
import type { Boundary, Clause } from './clauses';

/** Lead over the second-best agent that a clause needs to be a job of its own. */
const NEEDED_LEAD: Readonly<Record<Boundary, { readonly request: number; readonly other: number }>> = {
  sequence: { request: 0, other: 0.04 },
  sentence: { request: 0.12, other: 0.25 },
  list: { request: 0, other: 0.1 },
};
/** "…and tell me what it costs" is about the same thing unless the words are clear. */
const NEEDED_LEAD_REFERRING_BACK = 0.15;
/** "…, Barcelona and Valencia": a lone word is an item of a list unless it names an agent's trade ("… and weather"). */
const NEEDED_LEAD_SINGLE_WORD = 0.2;

export interface RankedClause {
  readonly clause: Clause;
  readonly ranking: Ranking;
}

/** Rankings of the jobs in the order of the request; the same agent may occur again. Never empty for non-empty input. */
export function planClauses(clauses: readonly RankedClause[], acceptScore: number): Ranking[] {
  const [first, ...others] = clauses;
  if (first === undefined) return [];
  const jobs: Ranking[] = [];
  let job = { ranking: first.ranking, neededLead: neededLead(first.clause, 'list') };
  let previous = first.clause;
  for (const { clause, ranking } of others) {
    const lead = neededLead(clause, clause.boundary);
    const ownJob =
      ranking.best !== job.ranking.best &&
      Math.min(ranking.score, job.ranking.score) >= acceptScore &&
      ranking.margin >= lead &&
      (clause.boundary === 'sequence' || job.ranking.margin >= job.neededLead) &&
      !previous.introduces &&
      !(clause.boundary === 'list' && clause.continues);
    if (ownJob) {
      jobs.push(job.ranking);
      job = { ranking, neededLead: lead };
    } else {
      job = { ranking: surer(job.ranking, ranking), neededLead: Math.min(job.neededLead, lead) };
    }
    previous = clause;
  }
  return [...jobs, job.ranking];
}

function neededLead(clause: Clause, boundary: Boundary): number {
  const { request, other } = NEEDED_LEAD[boundary];
  const lead = clause.request ? request : other;
  if (boundary === 'sequence') return lead;
  if (clause.single) return Math.max(lead, NEEDED_LEAD_SINGLE_WORD);
  return clause.refersBack ? Math.max(lead, NEEDED_LEAD_REFERRING_BACK) : lead;
}

function surer(left: Ranking, right: Ranking): Ranking {
  return right.margin > left.margin ? right : left;
}
