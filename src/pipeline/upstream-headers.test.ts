import { describe, expect, it } from '@jest/globals';
import type { ModelPlan } from '../config/plan';
import { findProvider } from '../providers/registry';
import type { DialectId } from '../wire/api';
import {
  absoluteChanges,
  candidateHeaders,
  dialectHeaderNames,
  withheldHeaders,
  type CandidateTarget,
} from './upstream-headers';

const CALLER = new Map([
  [':path', '/v1/chat/completions'],
  ['authorization', 'Bearer caller'],
  ['x-api-key', 'caller-key'],
  ['cookie', 'a=b'],
  ['x-forwarded-for', '10.0.0.1'],
  ['x-outerloop-debug', '1'],
  ['x-arch-upstream', 'evil'],
  ['x-model-affinity', 's1'],
  ['anthropic-beta', 'beta-1'],
  ['openai-project', 'p1'],
  ['accept-encoding', 'gzip'],
  ['user-agent', 'sdk'],
]);
const SECRETS = { secrets: new Map([['KEY', 'secret']]) };

function target(providerId: string, dialect: DialectId, changes: Partial<ModelPlan> = {}): CandidateTarget {
  const provider = findProvider(providerId);
  if (provider === undefined) throw new Error(providerId);
  const model: ModelPlan = {
    name: `${providerId}/m`,
    model: `${providerId}/m`,
    provider: providerId,
    prefix: providerId,
    modelId: 'm',
    wildcard: false,
    upstream: `provider:${providerId}`,
    credential: [{ env: 'KEY' }],
    passthroughAuth: false,
    headers: {},
    default: false,
    ...changes,
  };
  return { candidate: { model, modelId: 'm', provider }, dialect, api: dialect, path: '/p', authority: 'host' };
}

const withoutCredential = (changes: Partial<ModelPlan>): Partial<ModelPlan> => {
  const { credential: _, ...rest } = { credential: undefined, ...changes };
  return rest;
};

describe('withheldHeaders', () => {
  it('names credentials, cookies, network facts and internal headers, nothing else', () => {
    expect(withheldHeaders(CALLER).sort()).toEqual([
      'authorization',
      'cookie',
      'x-api-key',
      'x-arch-upstream',
      'x-forwarded-for',
      'x-model-affinity',
      'x-outerloop-debug',
    ]);
  });
});

describe('candidateHeaders', () => {
  it('OpenAI: bearer key, vendor headers of its own API only', () => {
    expect(candidateHeaders(target('openai', 'openai.chat'), CALLER, SECRETS)).toEqual({
      ':path': '/p',
      ':authority': 'host',
      'accept-encoding': 'identity',
      'openai-project': 'p1',
      authorization: 'Bearer secret',
    });
  });

  it('Anthropic: x-api-key, version and beta headers', () => {
    const headers = candidateHeaders(target('anthropic', 'anthropic.messages'), CALLER, SECRETS);
    expect(headers).toMatchObject({
      'x-api-key': 'secret',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'beta-1',
    });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('openai-project');
  });

  it('a version that the caller asked for wins over the default', () => {
    const caller = new Map([...CALLER, ['anthropic-version', '2024-01-01']]);
    expect(candidateHeaders(target('anthropic', 'anthropic.messages'), caller, SECRETS)['anthropic-version']).toBe(
      '2024-01-01',
    );
  });

  it('OAuth tokens of Anthropic stay in Authorization', () => {
    const headers = candidateHeaders(target('anthropic', 'anthropic.messages'), CALLER, {
      secrets: new Map([['KEY', 'sk-ant-oat01']]),
    });
    expect(headers['authorization']).toBe('Bearer sk-ant-oat01');
    expect(headers).not.toHaveProperty('x-api-key');
  });

  it('passthrough_auth takes the caller’s credential in the style of the vendor', () => {
    const passing = withoutCredential({ passthroughAuth: true });
    const model = { ...target('anthropic', 'anthropic.messages').candidate.model, ...passing };
    delete (model as { credential?: unknown }).credential;
    expect(candidateHeaders(target('anthropic', 'anthropic.messages', model), CALLER, SECRETS)['x-api-key']).toBe(
      'caller',
    );
    const keyOnly = new Map([['x-api-key', 'k']]);
    expect(candidateHeaders(target('openai', 'openai.chat', model), keyOnly, SECRETS)['authorization']).toBe(
      'Bearer k',
    );
  });

  it('configured headers come last and may hold secrets', () => {
    const headers = candidateHeaders(
      target('openai', 'openai.chat', { headers: { authorization: ['Token ', { env: 'KEY' }], 'x-extra': ['1'] } }),
      CALLER,
      SECRETS,
    );
    expect(headers).toMatchObject({ authorization: 'Token secret', 'x-extra': '1' });
  });

  it('a missing key is the caller’s error to see, without naming values', () => {
    expect(() => candidateHeaders(target('openai', 'openai.chat'), CALLER, { secrets: new Map() })).toThrow(
      /No credential is available for "openai\/m"/,
    );
  });
});

describe('absoluteChanges', () => {
  it('sets its own and removes everything another candidate may have left', () => {
    const set = { ':path': '/p', 'x-api-key': 'k' };
    const changes = absoluteChanges(set, new Set([':path', 'authorization', 'x-of-another']), ['cookie', 'x-api-key']);
    expect(changes.set).toBe(set);
    expect([...changes.remove].sort()).toEqual([
      'accept-encoding',
      'anthropic-version',
      'api-key',
      'authorization',
      'cookie',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
      'x-goog-api-key',
      'x-of-another',
    ]);
  });

  it('knows the vendor headers of a caller', () => {
    expect(dialectHeaderNames(CALLER)).toEqual(['anthropic-beta', 'openai-project']);
  });
});
