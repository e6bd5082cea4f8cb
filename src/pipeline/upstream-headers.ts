import { fillTemplate } from '../config/secret-template';
import { CLIENT_HEADER_EXCEPTIONS, INTERNAL_HEADER_PREFIXES } from '../config/names';
import type { ModelCandidate } from '../decide/models';
import type { DialectId, UpstreamApiId } from '../wire/api';
import { credentialHeaders, missingCredential, type CredentialSources } from './authorise';
import type { HeaderChanges } from './mutation';
import type { Headers } from './request-head';

/** Credentials and cookies of the caller: never forwarded, except as passthrough_auth asks. */
const CALLER_CREDENTIALS = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-amz-security-token',
  'cookie',
  'cookie2',
]);

/**
 * Facts about the caller's network that upstreams have no use for. x-forwarded-proto is not among them: Envoy's router finds no
 * route for a request that has lost it (the virtual host removes it afterwards).
 */
const CALLER_NETWORK = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded']);

const GATEWAY_ONLY = new Set([
  'x-model-affinity',
  'x-plano-cache',
  'x-plano-max-switch-spend-pct',
  'x-plano-prefix-hash',
]);

/** Headers of one vendor's API; they mean nothing (or leak intent) elsewhere. */
const DIALECT_HEADERS: readonly { readonly prefix: string; readonly dialects: readonly DialectId[] }[] = [
  { prefix: 'anthropic-', dialects: ['anthropic.messages'] },
  { prefix: 'openai-', dialects: ['openai.chat', 'openai.responses', 'openai.completions'] },
];

/**
 * Names whose value differs between candidates. A header that one attempt set is still there on the next one
 * (Envoy keeps the mutated request headers), so every attempt sets or removes all of them.
 */
const PER_CANDIDATE = [
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  // Written by Envoy's signing filter on an attempt before.
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'accept-encoding',
  'anthropic-version',
];

/** Names in the caller's headers that must not reach any upstream. */
export function withheldHeaders(headers: Headers): string[] {
  const withheld: string[] = [];
  for (const name of headers.keys()) {
    if (
      CALLER_CREDENTIALS.has(name) ||
      CALLER_NETWORK.has(name) ||
      GATEWAY_ONLY.has(name) ||
      INTERNAL_HEADER_PREFIXES.some((prefix) => name.startsWith(prefix)) ||
      CLIENT_HEADER_EXCEPTIONS.some((exception) => name === exception)
    ) {
      withheld.push(name);
    }
  }
  return withheld;
}

export interface CandidateTarget {
  readonly candidate: ModelCandidate;
  readonly dialect: DialectId;
  /** The dialect as this upstream wraps it. */
  readonly api: UpstreamApiId;
  readonly path: string;
  readonly authority: string;
}

/** The complete set of candidate-dependent headers, credentials included. Throws GatewayError credential_missing. */
export function candidateHeaders(
  target: CandidateTarget,
  caller: Headers,
  sources: CredentialSources,
): Record<string, string> {
  const set: Record<string, string> = {
    ':path': target.path,
    ':authority': target.authority,
    // Token counts are read from answers on their way; nobody could in a compressed one.
    'accept-encoding': 'identity',
  };
  for (const [name, value] of caller) {
    if (DIALECT_HEADERS.some((row) => name.startsWith(row.prefix) && row.dialects.includes(target.dialect)))
      set[name] = value;
  }
  const { model, provider } = target.candidate;
  for (const [name, value] of Object.entries(provider.requiredHeaders ?? {})) set[name] ??= value;
  Object.assign(set, credentialHeaders(target.candidate, caller, sources));
  for (const [name, template] of Object.entries(model.headers)) {
    const value = fillTemplate(template, sources.secrets);
    if (value === undefined) throw missingCredential(target.candidate, `header "${name}"`);
    set[name] = value;
  }
  return set;
}

/** Removes what other candidates (or the caller) may have left in a header that this candidate does not set. */
export function absoluteChanges(
  set: Record<string, string>,
  allNames: ReadonlySet<string>,
  withheld: readonly string[],
): HeaderChanges {
  const remove = new Set<string>();
  for (const name of [...PER_CANDIDATE, ...allNames, ...withheld]) {
    if (!(name in set)) remove.add(name);
  }
  return { set, remove: [...remove] };
}

/** Vendor headers of the caller that some candidate may not see. */
export function dialectHeaderNames(caller: Headers): string[] {
  return [...caller.keys()].filter((name) => DIALECT_HEADERS.some((row) => name.startsWith(row.prefix)));
}
