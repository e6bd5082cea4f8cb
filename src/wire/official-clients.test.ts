/** The vendors' own clients must be able to read what we write: they get our translated answers instead of a network. */
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { readStreams, upstreamModelFor } from '../../test/fakes/wire-cases';
import type { DialectId, UpstreamApiId } from './api';
import { createResponseTranslator } from './response';

function answerWith(upstream: UpstreamApiId, client: DialectId, input: string | Buffer, stream: boolean): typeof fetch {
  const translator = createResponseTranslator({
    requestModel: 'asked',
    upstreamModel: upstreamModelFor(upstream),
    stream,
    includeUsage: true,
    client,
    upstream,
    status: 200,
    contentType: undefined,
  });
  const bytes = Buffer.concat([translator.push(Buffer.from(input)), translator.end(false)]);
  const headers = { 'content-type': translator.contentType };
  return () => Promise.resolve(new Response(new Uint8Array(bytes), { status: translator.status, headers }));
}

function streamNamed(from: UpstreamApiId, name: string): Buffer {
  const found = readStreams().find((stream) => stream.from === from && stream.name === name);
  if (found === undefined) throw new Error(`no stream ${name} of ${from}`);
  return found.input;
}

describe('the OpenAI client', () => {
  const client = (input: string | Buffer, stream: boolean): OpenAI =>
    new OpenAI({
      apiKey: 'none',
      maxRetries: 0,
      fetch: answerWith('anthropic.messages', 'openai.chat', input, stream),
    });
  const request = { model: 'asked', messages: [{ role: 'user' as const, content: 'q' }] };

  it('reads a stream with thinking and tools', async () => {
    const run = client(streamNamed('anthropic.messages', 'thinking-and-tools'), true).chat.completions.stream(request);
    const { choices, usage } = await run.finalChatCompletion();
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    expect(choices[0]?.message.content).toBe('Let me see.');
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(
      calls.map((call) => (call.type === 'function' ? [call.id, call.function.name, call.function.arguments] : [])),
    ).toEqual([
      ['toolu_1', 'weather', '{"city": "Paris", "id": 12345678901234567890}'],
      ['toolu_2', 'now', '{}'],
      ['toolu_3', 'whole', '{"n": 1.0}'],
    ]);
    expect(usage?.total_tokens).toBe(160);
  });

  it('reports an error inside a stream', async () => {
    const run = client(streamNamed('anthropic.messages', 'error-inside'), true).chat.completions.stream(request);
    await expect(run.finalChatCompletion()).rejects.toThrow('Overloaded');
  });

  it('reads a complete answer', async () => {
    const body =
      '{"id":"msg_1","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}}';
    const answer = await client(body, false).chat.completions.create(request);
    expect(answer.choices[0]?.message.content).toBe('Hi');
  });
});

describe('the Anthropic client', () => {
  const client = (input: string | Buffer, stream: boolean): Anthropic =>
    new Anthropic({
      apiKey: 'none',
      maxRetries: 0,
      fetch: answerWith('openai.chat', 'anthropic.messages', input, stream),
    });
  const request = { model: 'asked', max_tokens: 10, messages: [{ role: 'user' as const, content: 'q' }] };

  it('reads a stream with thinking and tools', async () => {
    const run = client(streamNamed('openai.chat', 'reasoning-text-tools'), true).messages.stream(request);
    const { content, stop_reason, usage } = await run.finalMessage();
    expect(stop_reason).toBe('tool_use');
    expect(content).toMatchObject([
      { type: 'thinking', thinking: 'think hard' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', id: 'call_a', name: 'weather', input: { city: 'Paris' } },
      { type: 'tool_use', id: 'call_b', name: 'now', input: {} },
      { type: 'tool_use', id: 'call_c', name: 'later', input: { n: 1 } },
    ]);
    expect(usage.output_tokens).toBe(6);
  });

  it('reports an error inside a stream', async () => {
    const run = client(streamNamed('openai.chat', 'error-inside'), true).messages.stream(request);
    await expect(run.finalMessage()).rejects.toThrow('Rate limit reached');
  });

  it('reads a complete answer', async () => {
    const body =
      '{"id":"c","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}';
    const answer = await client(body, false).messages.create(request);
    expect(answer.content).toMatchObject([{ type: 'text', text: 'Hi' }]);
    expect(answer.usage.output_tokens).toBe(2);
  });
});
