import type { ModelCandidate } from '../decide/models';
import { chooseDialect, upstreamPath } from '../providers/registry';
import { GatewayError } from '../wire/errors';
import type { DialectId } from '../wire/api';
import type { Exchange } from './exchange';
import type { ListenerServices } from './services';
import { candidateHeaders, type CandidateTarget } from './upstream-headers';

/**
 * The candidates of a request as calls, in the order of attempts: where each goes, in which API, with which headers.
 * Throws GatewayError `unsupported_translation`, `credential_missing`.
 *
 * @param authorities by upstream id
 */
export function readyTargets(
  exchange: Exchange,
  authorities: ReadonlyMap<string, string>,
  services: ListenerServices,
): readonly ReadyTarget[] {
  return withCredentials(reachableTargets(exchange, authorities), exchange, services);
}

/** Candidates whose API the caller's request can be put into; throws when there is none. */
function reachableTargets(exchange: Exchange, authorities: ReadonlyMap<string, string>): CandidateTarget[] {
  const client = exchange.get('dialect');
  const targets: CandidateTarget[] = [];
  for (const candidate of exchange.get('candidates')) {
    const target = targetFor(candidate, client, exchange, authorities);
    if (target !== undefined) targets.push(target);
  }
  if (targets.length > 0) return targets;
  const name = exchange.get('candidates')[0]?.model.name ?? '';
  throw new GatewayError('unsupported_translation', `Requests of this API cannot be translated for "${name}" yet.`);
}

/** A candidate with its headers ready, credentials included. */
export interface ReadyTarget extends CandidateTarget {
  readonly headers: Record<string, string>;
}

/** A candidate without its key is left out as long as another one can serve; alone it is the caller's error to see. */
function withCredentials(
  targets: readonly CandidateTarget[],
  exchange: Exchange,
  services: ListenerServices,
): ReadyTarget[] {
  const ready: ReadyTarget[] = [];
  let problem: unknown;
  for (const target of targets) {
    try {
      ready.push({ ...target, headers: candidateHeaders(target, exchange.head.headers, services) });
    } catch (error) {
      problem = error;
      services.log.warn(
        { requestId: exchange.requestId, model: target.candidate.model.name },
        'candidate without credential left out',
      );
    }
  }
  if (ready.length === 0) throw problem;
  return ready;
}

function targetFor(
  candidate: ModelCandidate,
  client: DialectId,
  exchange: Exchange,
  authorities: ReadonlyMap<string, string>,
): CandidateTarget | undefined {
  const choice = chooseDialect(candidate.provider, client, candidate.modelId);
  if (choice === undefined) return undefined;
  const path = upstreamPath(candidate.provider, {
    ...choice,
    client,
    basePath: candidate.model.basePath,
    prefix: candidate.model.prefix,
    modelId: candidate.modelId,
    stream: exchange.get('request').stream,
    ...(candidate.model.cloud === undefined ? {} : { cloud: candidate.model.cloud }),
  });
  const api = choice.api ?? choice.dialect;
  const same = choice.dialect === client;
  return {
    candidate,
    dialect: choice.dialect,
    api,
    path: same ? withQuery(path, exchange.head.query) : path,
    authority: authorities.get(candidate.model.upstream) ?? candidate.model.upstream,
  };
}

function withQuery(path: string, query: string): string {
  if (query.length <= 1) return path;
  return path.includes('?') ? `${path}&${query.slice(1)}` : path + query;
}
