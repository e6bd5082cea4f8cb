import { fillTemplate } from '../config/secret-template';
import type { CloudIdentity } from '../config/plan';
import type { ModelCandidate } from '../decide/models';
import type { CloudTokens } from '../ports/cloud-tokens';
import type { AuthKind } from '../providers/provider';
import { GatewayError } from '../wire/errors';
import type { Headers } from './request-head';

/** Where credentials come from; values stay in memory. */
export interface CredentialSources {
  /** Values for SecretTemplate variables. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Absent where no model needs one. */
  readonly tokens?: CloudTokens;
}

const IDENTITY_NAMES: Readonly<Record<Exclude<CloudIdentity, 'aws'>, string>> = {
  google: 'the application default credentials of Google Cloud gave no token',
  azure: 'Microsoft Entra ID gave no token',
};

const IDENTITY_HINT = 'The log of the sidecar says why; access_key takes a key instead.';

/**
 * Headers that carry the candidate's credential: the caller's own with passthrough_auth, else the configured one, else a
 * token of the machine's identity. None for keyless upstreams and where Envoy signs. Throws GatewayError credential_missing.
 */
export function credentialHeaders(
  candidate: ModelCandidate,
  caller: Headers,
  sources: CredentialSources,
): Record<string, string> {
  const { model, provider } = candidate;
  const credential = model.passthroughAuth ? callerCredential(caller) : ownCredential(candidate, sources);
  return credential === undefined ? {} : authorise(provider.auth, credential);
}

/**
 * How a credential travels. Tokens and keys of one vendor are told apart by their form:
 * OAuth tokens of Anthropic, tokens of Entra ID (JWT) and OAuth tokens of Google stay in Authorization, where their keys are refused.
 */
function authorise(kind: AuthKind, credential: string): Record<string, string> {
  const bearer = { authorization: `Bearer ${credential}` };
  switch (kind) {
    case 'bearer':
      return bearer;
    case 'x-api-key':
      return credential.startsWith('sk-ant-oat') ? bearer : { 'x-api-key': credential };
    case 'api-key':
      return isJsonWebToken(credential) ? bearer : { 'api-key': credential };
    case 'google':
      return /^(?:AIza|AQ\.)/.test(credential) ? { 'x-goog-api-key': credential } : bearer;
  }
}

function isJsonWebToken(credential: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential);
}

function callerCredential(caller: Headers): string | undefined {
  const bearer = caller
    .get('authorization')
    ?.replace(/^bearer\s+/i, '')
    .trim();
  if (bearer !== undefined && bearer !== '') return bearer;
  return ['x-api-key', 'api-key', 'x-goog-api-key'].map((name) => caller.get(name)?.trim()).find(Boolean);
}

function ownCredential(candidate: ModelCandidate, { secrets, tokens }: CredentialSources): string | undefined {
  const { credential: template, identity } = candidate.model;
  if (template !== undefined) {
    const value = fillTemplate(template, secrets);
    if (value === undefined) throw missingCredential(candidate, 'access_key');
    return value;
  }
  if (identity === undefined || identity === 'aws') return undefined;
  const token = tokens?.current(identity);
  if (token === undefined) throw missingCredential(candidate, IDENTITY_NAMES[identity], IDENTITY_HINT);
  return token;
}

export function missingCredential(candidate: ModelCandidate, what: string, hint?: string): GatewayError {
  const message = `No credential is available for "${candidate.model.name}" (${what}).`;
  return new GatewayError('credential_missing', message, hint === undefined ? {} : { hint });
}
