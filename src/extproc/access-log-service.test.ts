import { describe, expect, it } from '@jest/globals';
import { readEntry } from './access-log-service';
import type { HttpAccessLogEntry, Struct } from './protocol';

const numbers = (values: Record<string, number>): Struct => ({
  fields: Object.fromEntries(Object.entries(values).map(([key, numberValue]) => [key, { numberValue }])),
});
const texts = (values: Record<string, string>): Struct => ({
  fields: Object.fromEntries(Object.entries(values).map(([key, stringValue]) => [key, { stringValue }])),
});

describe('readEntry', () => {
  it('says who answered, how it ended, how long it took and how much it was', () => {
    const entry: HttpAccessLogEntry = {
      commonProperties: {
        duration: { seconds: 2, nanos: 500_000_000 },
        timeToFirstUpstreamRxByte: { nanos: 250_000_000 },
        upstreamCluster: 'provider:openai',
        upstreamRequestAttemptCount: 2,
        metadata: {
          filterMetadata: {
            'outerloop.exchange': texts({ id: 'x1', provider: 'openai', model: 'gpt-4o', api: 'openai.chat' }),
            'outerloop.usage': numbers({ prompt: 10, completion: 5, cache_read: 4, cache_write: 1 }),
          },
        },
      },
      response: { responseCode: { value: 200 }, responseBodyBytes: 1234 },
    };
    expect(readEntry('models', entry)).toEqual({
      listener: 'models',
      exchangeId: 'x1',
      status: 200,
      cluster: 'provider:openai',
      attempts: 2,
      durationMs: 2500,
      firstByteMs: 250,
      answerBytes: 1234,
      failure: 'none',
      answerer: { provider: 'openai', model: 'gpt-4o', api: 'openai.chat' },
      tokens: { prompt: 10, completion: 5, cacheRead: 4, cacheWrite: 1 },
    });
  });

  it('an empty entry is a request without an answer', () => {
    expect(readEntry('models', {})).toEqual({
      listener: 'models',
      status: 0,
      attempts: 0,
      durationMs: 0,
      answerBytes: 0,
      failure: 'none',
      tokens: {},
    });
  });

  it('adds what Gemini counts apart', () => {
    const usage = numbers({ prompt: 10, tool_prompt: 2, completion: 5, thoughts: 7 });
    const metadata = { filterMetadata: { 'outerloop.usage': usage } };
    expect(readEntry('', { commonProperties: { metadata } }).tokens).toEqual({ prompt: 12, completion: 12 });
  });

  it.each([-1, 1.5, Number.NaN, 1e300])('takes no count of %d', (count) => {
    const metadata = { filterMetadata: { 'outerloop.usage': numbers({ prompt: count }) } };
    expect(readEntry('', { commonProperties: { metadata } }).tokens).toEqual({});
  });

  it.each([
    [{ upstreamRequestTimeout: true }, 'timeout'],
    [{ upstreamConnectionFailure: true }, 'connect'],
    [{ upstreamRemoteReset: true }, 'stream'],
    [{ upstreamProtocolError: true }, 'parse'],
    [{ downstreamConnectionTermination: true, upstreamRemoteReset: true }, 'cancelled'],
  ] as const)('%j is the failure %s', (responseFlags, expected) => {
    expect(readEntry('', { commonProperties: { responseFlags } }).failure).toBe(expected);
  });
});
