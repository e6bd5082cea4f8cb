/** What the tests with the vendors' own clients share: a gateway in front of three stand-ins of different APIs. */
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

export interface SdkInstance {
  readonly instance: Instance;
  /** Without `/v1`. */
  readonly url: string;
  /** Speaks chat completions and Responses. */
  readonly openai: FakeUpstream;
  readonly anthropic: FakeUpstream;
  /** Speaks chat completions alone. */
  readonly groq: FakeUpstream;
  stop(): Promise<void>;
}

const CONFIG = `
version: v0.4.0
model_providers:
  - model: openai/*
    access_key: $OPENAI_API_KEY
  - model: anthropic/*
    access_key: $ANTHROPIC_API_KEY
  - model: groq/*
    access_key: $GROQ_API_KEY
  - model: openai/gpt-known
    access_key: $OPENAI_API_KEY
  - model: amazon_bedrock/amazon.titan-embed-text-v2:0
    access_key: $BEDROCK_KEY
    base_url: {{openai}}
model_aliases:
  small-embedding:
    target: amazon_bedrock/amazon.titan-embed-text-v2:0
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
`;

export async function startSdkInstance(): Promise<SdkInstance> {
  const [openai, anthropic, groq] = await Promise.all(
    (['openai', 'anthropic', 'groq'] as const).map((name) => startFakeUpstream({ name })),
  );
  if (openai === undefined || anthropic === undefined || groq === undefined) throw new Error('no stand-ins');
  const instance = await startInstance({
    config: CONFIG.replace('{{openai}}', openai.url),
    env: {
      OPENAI_API_KEY: 'openai-secret',
      ANTHROPIC_API_KEY: 'anthropic-secret',
      GROQ_API_KEY: 'groq-secret',
      BEDROCK_KEY: 'bedrock-secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
      OUTERLOOP_BASE_URL_GROQ: groq.url,
    },
  });
  return {
    instance,
    url: `http://127.0.0.1:${String(instance.port('models'))}`,
    openai,
    anthropic,
    groq,
    stop: async () => {
      await instance.stop();
      await Promise.all([openai, anthropic, groq].map((upstream) => upstream.close()));
    },
  };
}
