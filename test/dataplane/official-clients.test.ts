/** The vendors' own clients for Node, as they are, through a real Envoy: every API family on upstreams of every dialect. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { PARALLEL_CALLS } from '../fakes/tool-answers';
import type { FakeUpstream } from '../fakes/upstream';
import { answerText } from '../fakes/upstream-answers';
import { startSdkInstance, type SdkInstance } from './sdk-instance';

let gateway: SdkInstance;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  gateway = await startSdkInstance();
  openai = new OpenAI({ apiKey: 'caller', baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  anthropic = new Anthropic({ apiKey: 'caller', baseURL: gateway.url, maxRetries: 0 });
}, 60_000);
afterAll(() => gateway.stop());

type Name = 'openai' | 'anthropic' | 'groq';
const UPSTREAMS: readonly (readonly [Name, string])[] = [
  ['openai', 'gpt-test'],
  ['anthropic', 'claude-test'],
  ['groq', 'llama-test'],
];
const upstreamOf = (name: Name): FakeUpstream => gateway[name];
const textOf = (name: Name, model: string): string => answerText({ intro: `${name} (${model}):` });
const lastBody = (name: Name): Record<string, unknown> =>
  upstreamOf(name).requests.at(-1)?.json as Record<string, unknown>;
const question = [{ role: 'user' as const, content: 'Grüße?' }];
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } } };
const expectedCalls = PARALLEL_CALLS.map(({ id, name, input }) => ({ id, name, input }));

/** What a tool result must have become at an upstream that the Responses client is not translated for, and at others. */
function expectResultsAt(name: Name, isResponses: boolean): void {
  const body = lastBody(name);
  const results = PARALLEL_CALLS.map(({ id }) => id);
  const messages = (body['messages'] ?? body['input']) as Record<string, unknown>[];
  if (name === 'anthropic') {
    expect(messages.at(-1)).toMatchObject({
      role: 'user',
      content: results.map((id) => ({ type: 'tool_result', tool_use_id: id })),
    });
  } else if (isResponses && name === 'openai') {
    expect(messages.slice(-2)).toMatchObject(results.map((id) => ({ type: 'function_call_output', call_id: id })));
  } else {
    expect(messages.slice(-2)).toMatchObject(results.map((id) => ({ role: 'tool', tool_call_id: id })));
  }
}

describe.each(UPSTREAMS)('chat completions on %s', (name, model) => {
  const tools = PARALLEL_CALLS.map((call) => ({
    type: 'function' as const,
    function: { name: call.name, description: 'd', parameters },
  }));
  const called = (message: OpenAI.ChatCompletionMessage | undefined): unknown =>
    message?.tool_calls?.map((call) =>
      call.type === 'function'
        ? { id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }
        : call,
    );

  it('complete', async () => {
    const answer = await openai.chat.completions.create({ model: `${name}/${model}`, messages: question });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: textOf(name, model) } }],
      usage: { prompt_tokens: 11 },
    });
  });

  it('streamed in small pieces, with usage', async () => {
    const asked = `${model}-chunk7`;
    const stream = openai.chat.completions.stream({
      model: `${name}/${asked}`,
      messages: question,
      stream_options: { include_usage: true },
    });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: textOf(name, asked) },
    });
    expect(answer.usage?.prompt_tokens).toBe(11);
  });

  it.each([false, true])('two calls at once and their results, streamed: %s', async (isStreamed) => {
    const request = { model: `${name}/${model}-tools`, messages: question, tools };
    const first = isStreamed
      ? await openai.chat.completions.stream(request).finalChatCompletion()
      : await openai.chat.completions.create(request);
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(called(first.choices[0]?.message)).toEqual(expectedCalls);
    const results = PARALLEL_CALLS.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'sunny' }));
    const message = first.choices[0]?.message;
    if (message === undefined) throw new Error('no message');
    const second = { model: `${name}/${model}`, messages: [...question, message, ...results], tools };
    const answer = await openai.chat.completions.create(second);
    expect(answer.choices[0]?.message.content).toBe(textOf(name, model));
    expectResultsAt(name, false);
  });

  it('a stream that breaks is an error', async () => {
    const stream = await openai.chat.completions.create({
      model: `${name}/${model}-events40-cut`,
      messages: question,
      stream: true,
    });
    await expect(drain(stream)).rejects.toThrow();
  });

  it.each([
    [400, OpenAI.BadRequestError],
    [401, OpenAI.AuthenticationError],
    [403, OpenAI.PermissionDeniedError],
    [404, OpenAI.NotFoundError],
    [422, OpenAI.UnprocessableEntityError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError],
  ])('status %d', async (status, type) => {
    const failed = openai.chat.completions.create({
      model: `${name}/${model}-status${String(status)}`,
      messages: question,
    });
    const error = await failed.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, message: expect.stringContaining(`fake error ${String(status)}`) });
  });
});

describe.each(UPSTREAMS)('Responses on %s', (name, model) => {
  const tools = PARALLEL_CALLS.map((call) => ({
    type: 'function' as const,
    name: call.name,
    parameters,
    strict: false,
  }));
  const called = (answer: OpenAI.Responses.Response): unknown =>
    answer.output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) as unknown }]
        : [],
    );

  it('complete', async () => {
    const answer = await openai.responses.create({
      model: `${name}/${model}`,
      input: 'Grüße?',
      instructions: 'Short.',
    });
    expect(answer).toMatchObject({
      status: 'completed',
      output_text: textOf(name, model),
      usage: { input_tokens: 11 },
    });
  });

  it('streamed in small pieces', async () => {
    const asked = `${model}-chunk7`;
    const stream = openai.responses.stream({ model: `${name}/${asked}`, input: 'Grüße?' });
    const deltas: string[] = [];
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    const answer = await stream.finalResponse();
    expect(deltas.join('')).toBe(textOf(name, asked));
    expect(answer.output_text).toBe(textOf(name, asked));
  });

  it.each([false, true])('two calls at once and their results, streamed: %s', async (isStreamed) => {
    const request = { model: `${name}/${model}-tools`, input: 'Grüße?', tools };
    const first = isStreamed
      ? await openai.responses.stream(request).finalResponse()
      : await openai.responses.create(request);
    expect(called(first)).toEqual(expectedCalls);
    await openai.responses.create({
      model: `${name}/${model}`,
      input: [
        ...question,
        ...(first.output as OpenAI.Responses.ResponseInput),
        ...PARALLEL_CALLS.map(({ id }) => ({ type: 'function_call_output' as const, call_id: id, output: 'sunny' })),
      ],
      tools,
    });
    expectResultsAt(name, true);
  });

  it.each([
    [400, OpenAI.BadRequestError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
  ])('status %d', async (status, type) => {
    const failed = openai.responses.create({ model: `${name}/${model}-status${String(status)}`, input: 'q' });
    await expect(failed).rejects.toBeInstanceOf(type);
  });
});

describe.each(UPSTREAMS)('Messages on %s', (name, model) => {
  const tools = PARALLEL_CALLS.map((call) => ({ name: call.name, input_schema: parameters }));
  const request = { model: `${name}/${model}`, max_tokens: 100, messages: question };

  it('complete', async () => {
    const answer = await anthropic.messages.create({ ...request, system: 'Be brief.' });
    expect(answer).toMatchObject({
      type: 'message',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: textOf(name, model) }],
      usage: { input_tokens: 11 },
    });
  });

  it('streamed in small pieces', async () => {
    const asked = `${model}-chunk7`;
    const stream = anthropic.messages.stream({ ...request, model: `${name}/${asked}` });
    expect(await stream.finalText()).toBe(textOf(name, asked));
    expect((await stream.finalMessage()).usage.output_tokens).toBeGreaterThan(0);
  });

  it.each([false, true])('two calls at once and their results, streamed: %s', async (isStreamed) => {
    const asked = { ...request, model: `${name}/${model}-tools`, tools };
    const first = isStreamed
      ? await anthropic.messages.stream(asked).finalMessage()
      : await anthropic.messages.create(asked);
    expect(first.stop_reason).toBe('tool_use');
    expect(first.content).toMatchObject(expectedCalls.map((call) => ({ type: 'tool_use', ...call })));
    const results = PARALLEL_CALLS.map(({ id }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: 'sunny',
    }));
    await anthropic.messages.create({
      ...request,
      tools,
      messages: [...question, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    });
    expectResultsAt(name, false);
  });

  it('a stream that breaks is an error', async () => {
    const stream = anthropic.messages.stream({ ...request, model: `${name}/${model}-events40-cut` });
    await expect(stream.finalMessage()).rejects.toThrow();
  });

  it.each([
    [400, Anthropic.BadRequestError],
    [401, Anthropic.AuthenticationError],
    [403, Anthropic.PermissionDeniedError],
    [404, Anthropic.NotFoundError],
    [429, Anthropic.RateLimitError],
    [500, Anthropic.InternalServerError],
    [529, Anthropic.InternalServerError],
  ])('status %d', async (status, type) => {
    const failed = anthropic.messages.create({ ...request, model: `${name}/${model}-status${String(status)}` });
    const error = await failed.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, message: expect.stringContaining(`fake error ${String(status)}`) });
  });
});

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const event of stream) void event;
}
