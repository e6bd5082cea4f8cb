import { describe, expect, it } from '@jest/globals';
import { buildUpstream } from '../../test/fakes/plan';
import { hiddenFromEnvoy } from './envoy-process';

const SECRETS = ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_SECRET_ACCESS_KEY', 'OPENAI_API_KEY'];

describe('hiddenFromEnvoy', () => {
  it('names every secret of the Plan where Envoy signs nothing', () => {
    expect(hiddenFromEnvoy({ secretNames: SECRETS, upstreams: [buildUpstream()] })).toEqual(SECRETS);
  });

  it('leaves Envoy what it signs with, and no more', () => {
    const signed = buildUpstream({ awsSigning: { service: 'bedrock', region: 'us-east-1' } });
    expect(hiddenFromEnvoy({ secretNames: SECRETS, upstreams: [buildUpstream(), signed] })).toEqual([
      'AWS_BEARER_TOKEN_BEDROCK',
      'OPENAI_API_KEY',
    ]);
  });
});
