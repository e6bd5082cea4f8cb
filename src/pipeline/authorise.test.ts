import { describe, expect, it } from '@jest/globals';
import type { ModelPlan } from '../config/plan';
import type { CloudTokens } from '../ports/cloud-tokens';
import { findProvider } from '../providers/registry';
import { credentialHeaders } from './authorise';

const JWT = 'eyJhbGciOiJub25lIn0.eyJvaWQiOiIxIn0.c2ln';
const TOKENS: CloudTokens = {
  ready: () => Promise.resolve(),
  current: (identity) => (identity === 'google' ? 'google-token' : undefined),
  close: () => undefined,
};

function candidate(providerId: string, changes: Partial<ModelPlan>) {
  const provider = findProvider(providerId);
  if (provider === undefined) throw new Error(providerId);
  const model: ModelPlan = {
    name: `${providerId}/m`,
    model: `${providerId}/m`,
    provider: providerId,
    prefix: providerId,
    modelId: 'm',
    wildcard: false,
    upstream: 'u',
    passthroughAuth: false,
    headers: {},
    default: false,
    ...changes,
  };
  return { model, modelId: 'm', provider };
}

describe('credentialHeaders', () => {
  it.each([
    ['openai', 'key', { authorization: 'Bearer key' }],
    ['anthropic', 'key', { 'x-api-key': 'key' }],
    ['anthropic', 'sk-ant-oat01', { authorization: 'Bearer sk-ant-oat01' }],
    ['azure_openai', 'key', { 'api-key': 'key' }],
    ['azure_openai', JWT, { authorization: `Bearer ${JWT}` }],
    ['vertex_ai', 'ya29.token', { authorization: 'Bearer ya29.token' }],
    ['vertex_ai', 'AIzaKey', { 'x-goog-api-key': 'AIzaKey' }],
    ['amazon_bedrock', 'key', { authorization: 'Bearer key' }],
  ])('%s gets %s where it looks for it', (provider, secret, expected) => {
    const secrets = new Map([['KEY', secret]]);
    expect(credentialHeaders(candidate(provider, { credential: [{ env: 'KEY' }] }), new Map(), { secrets })).toEqual(
      expected,
    );
  });

  it.each(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])(
    'passthrough_auth finds the caller’s key in %s',
    (name) => {
      const caller = new Map([[name, name === 'authorization' ? 'Bearer of-the-caller' : 'of-the-caller']]);
      expect(
        credentialHeaders(candidate('azure_openai', { passthroughAuth: true }), caller, { secrets: new Map() }),
      ).toEqual({ 'api-key': 'of-the-caller' });
    },
  );

  it('takes the machine’s token, and leaves signing to Envoy', () => {
    const sources = { secrets: new Map<string, string>(), tokens: TOKENS };
    expect(credentialHeaders(candidate('vertex_ai', { identity: 'google' }), new Map(), sources)).toEqual({
      authorization: 'Bearer google-token',
    });
    expect(credentialHeaders(candidate('amazon_bedrock', { identity: 'aws' }), new Map(), sources)).toEqual({});
  });

  it('says whose token is missing', () => {
    const sources = { secrets: new Map<string, string>(), tokens: TOKENS };
    expect(() => credentialHeaders(candidate('azure_openai', { identity: 'azure' }), new Map(), sources)).toThrow(
      'No credential is available for "azure_openai/m" (Microsoft Entra ID gave no token).',
    );
  });
});
