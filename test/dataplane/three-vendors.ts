import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

/** An instance whose OpenAI, Anthropic and Groq are fakes, each with a key of its own. */
export interface ThreeVendors {
  readonly openai: FakeUpstream;
  readonly anthropic: FakeUpstream;
  readonly groq: FakeUpstream;
  readonly instance: Instance;
  stop(): Promise<void>;
}

export async function startThreeVendors(config: string): Promise<ThreeVendors> {
  const [openai, anthropic, groq] = (await Promise.all(
    ['openai', 'anthropic', 'groq'].map((name) => startFakeUpstream({ name })),
  )) as [FakeUpstream, FakeUpstream, FakeUpstream];
  const instance = await startInstance({
    config,
    env: {
      OPENAI_API_KEY: 'openai-secret',
      ANTHROPIC_API_KEY: 'anthropic-secret',
      GROQ_API_KEY: 'groq-secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
      OUTERLOOP_BASE_URL_GROQ: groq.url,
    },
  });
  const stop = async (): Promise<void> => {
    await instance.stop();
    await Promise.all([openai.close(), anthropic.close(), groq.close()]);
  };
  return { openai, anthropic, groq, instance, stop };
}
