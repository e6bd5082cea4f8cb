import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../ports/adapters/metrics-prometheus';
import { Metering } from './metering';
import type { RequestRecord } from './request-record';

const WHO = { provider: 'openai', model: 'm', api: 'openai.chat' };
const LABELS = 'provider="openai",model="m"';

function build(promptTokens: number | undefined = 100): {
  metering: Metering;
  lines: (part: string) => Promise<string[]>;
} {
  const metrics = createMetrics();
  const counter = { countPrompt: () => Promise.resolve(promptTokens), close: () => Promise.resolve() };
  const lines = async (part: string): Promise<string[]> =>
    (await metrics.render()).text.split('\n').filter((line) => line.startsWith(part));
  return { metering: new Metering(metrics, counter), lines };
}

function record(changes: Partial<RequestRecord>): RequestRecord {
  return {
    listener: 'models',
    exchangeId: 'x',
    status: 200,
    attempts: 1,
    durationMs: 10,
    answerBytes: 0,
    failure: 'none',
    answerer: WHO,
    tokens: {},
    ...changes,
  };
}

const silent = { client: 'openai.chat', body: Buffer.from('{}'), tellsUsage: false };

describe('Metering', () => {
  it('counts what the vendor says', async () => {
    const { metering, lines } = build();
    await metering.record(record({ tokens: { prompt: 3, completion: 2, cacheRead: 1, cacheWrite: 0 } }));
    expect((await lines('brightstaff_llm_tokens_total')).sort()).toEqual([
      `brightstaff_llm_tokens_total{${LABELS},kind="cache_read"} 1`,
      `brightstaff_llm_tokens_total{${LABELS},kind="cache_write"} 0`,
      `brightstaff_llm_tokens_total{${LABELS},kind="completion"} 2`,
      `brightstaff_llm_tokens_total{${LABELS},kind="prompt"} 3`,
    ]);
    expect(await lines('brightstaff_llm_tokens_usage_missing_total{')).toEqual([]);
  });

  it('estimates a stream that says nothing, and marks it', async () => {
    const { metering, lines } = build(100);
    metering.streamStarted('x', silent);
    await metering.record(record({ answerBytes: 2350 }));
    expect((await lines('brightstaff_llm_tokens_total')).sort()).toEqual([
      `brightstaff_llm_tokens_total{${LABELS},estimated="true",kind="completion"} 10`,
      `brightstaff_llm_tokens_total{${LABELS},estimated="true",kind="prompt"} 100`,
    ]);
    expect(await lines('brightstaff_llm_tokens_usage_missing_total{')).toHaveLength(1);
  });

  it('does not estimate a complete answer, a failure, or what a vendor said unasked', async () => {
    const { metering, lines } = build();
    await metering.record(record({ answerBytes: 1000 }));
    metering.streamStarted('x', silent);
    await metering.record(record({ status: 500, answerBytes: 1000 }));
    metering.streamStarted('x', silent);
    await metering.record(record({ answerBytes: 1000, tokens: { prompt: 90, completion: 5 } }));
    const counted = await lines('brightstaff_llm_tokens_total{');
    expect(counted.filter((line) => line.includes('estimated'))).toEqual([]);
    expect(counted).toHaveLength(2);
  });

  it('publishes how far estimates are off where the vendor told its count', async () => {
    const { metering, lines } = build(110);
    metering.streamStarted('x', { ...silent, tellsUsage: true });
    await metering.record(record({ answerBytes: 2350, tokens: { prompt: 100, completion: 10 } }));
    const sums = await lines('outerloop_token_estimate_error_ratio_sum');
    expect(sums).toEqual([
      expect.stringMatching(/kind="prompt"\} 0\.1$/),
      expect.stringMatching(/kind="completion"\} 0$/),
    ]);
  });

  it('learns how long a model’s tokens are', async () => {
    const { metering, lines } = build();
    for (let stream = 0; stream < 60; stream += 1) {
      metering.streamStarted('told', { ...silent, tellsUsage: true });
      await metering.record(
        record({ exchangeId: 'told', answerBytes: 50_000, tokens: { prompt: 1, completion: 100 } }),
      );
    }
    metering.streamStarted('x', silent);
    await metering.record(record({ answerBytes: 50_000 }));
    const estimated = (await lines('brightstaff_llm_tokens_total{')).find((line) => /estimated.*completion/.test(line));
    expect(estimated).toMatch(/ 100$/);
  });

  it('a prompt that could not be counted is left out', async () => {
    const metrics = createMetrics();
    const counter = { countPrompt: () => Promise.resolve(undefined), close: () => Promise.resolve() };
    const metering = new Metering(metrics, counter);
    metering.streamStarted('x', silent);
    await metering.record(record({ answerBytes: 2350 }));
    expect((await metrics.render()).text).not.toMatch(/estimated="true",kind="prompt"/);
  });

  it('requests that asked no model are nobody’s', async () => {
    const { metering, lines } = build();
    const { answerer: _, ...without } = record({ tokens: { prompt: 3 } });
    await metering.record(without);
    expect(await lines('brightstaff_llm_upstream_requests_total{')).toEqual([]);
  });

  it('a client that left in the middle is no failure of the upstream’s', async () => {
    const { metering, lines } = build();
    await metering.record(record({ failure: 'cancelled', tokens: { prompt: 3 } }));
    expect(await lines('brightstaff_llm_upstream_requests_total{')).toEqual([
      `brightstaff_llm_upstream_requests_total{${LABELS},status_class="2xx",error_class="other"} 1`,
    ]);
  });
});
