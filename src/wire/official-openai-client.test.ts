/** OpenAI's own client on the Responses and completions APIs, fed with our translations of other vendors' answers. */
import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { readStreams, upstreamModelFor } from '../../test/fakes/wire-cases';
import type { DialectId, UpstreamApiId } from './api';
import { inlineRequestWire } from './request';
import { createResponseTranslator } from './response';

interface Exchange {
  readonly upstream: UpstreamApiId;
  readonly client: DialectId;
  readonly answer: string | Buffer;
  readonly status?: number;
}

/** A client whose calls are translated, both ways, as the gateway would; `sent` gets the bodies for the upstream. */
function clientOf({ upstream, client, answer, status = 200 }: Exchange, sent: unknown[] = []): OpenAI {
  return new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: async (_url, init) => {
      const request = Buffer.from(init?.body as string);
      const { stream, includeUsage } = await inlineRequestWire.inspect(client, request);
      const context = { requestModel: 'asked', upstreamModel: upstreamModelFor(upstream), stream, includeUsage };
      const { body, remembered, toolNames } = await inlineRequestWire.render(client, upstream, request, context);
      sent.push(JSON.parse(body.toString()));
      const translator = createResponseTranslator({
        ...context,
        client,
        upstream,
        status,
        contentType: undefined,
        ...(remembered === undefined ? {} : { remembered }),
        ...(toolNames === undefined ? {} : { toolNames }),
      });
      const bytes = Buffer.concat([translator.push(Buffer.from(answer)), translator.end(false)]);
      const headers = { 'content-type': translator.contentType };
      return new Response(new Uint8Array(bytes), { status: translator.status, headers });
    },
  });
}

function streamNamed(from: UpstreamApiId, name: string): Buffer {
  const found = readStreams().find((stream) => stream.from === from && stream.name === name);
  if (found === undefined) throw new Error(`no stream ${name} of ${from}`);
  return found.input;
}

const responses = (upstream: UpstreamApiId, answer: string | Buffer, sent?: unknown[]): OpenAI['responses'] =>
  clientOf({ upstream, client: 'openai.responses', answer }, sent).responses;

describe('the Responses client', () => {
  const request = { model: 'asked', input: 'q' };

  it('reads a stream of chat completions', async () => {
    const run = responses('openai.chat', streamNamed('openai.chat', 'reasoning-text-tools')).stream(request);
    const deltas: string[] = [];
    run.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    const answer = await run.finalResponse();
    expect(deltas.join('')).toBe('Let me look.');
    expect(answer.output_text).toBe('Let me look.');
    expect(answer.output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'think hard' }] },
      { type: 'message' },
      { type: 'function_call', call_id: 'call_a', name: 'weather', arguments: '{"city":"Paris"}' },
      { type: 'function_call', call_id: 'call_b', name: 'now', arguments: '{}' },
      { type: 'function_call', call_id: 'call_c', name: 'later', arguments: '{"n": 1.0}' },
    ]);
    expect(answer.status).toBe('completed');
  });

  it('reads a stream of Messages, and sends its thinking back signed', async () => {
    const sent: unknown[] = [];
    const api = responses('anthropic.messages', streamNamed('anthropic.messages', 'thinking-and-tools'), sent);
    const first = await api.stream(request).finalResponse();
    expect(first.output.map(({ type }) => type)).toEqual([
      'reasoning',
      'reasoning',
      'message',
      'function_call',
      'function_call',
      'function_call',
    ]);
    const results = first.output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'r' }]
        : [],
    );
    await api
      .stream({
        model: 'asked',
        input: [{ role: 'user', content: 'q' }, ...(first.output as OpenAI.Responses.ResponseInput), ...results],
      })
      .finalResponse();
    expect(sent[1]).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'I should look.', signature: 'c2ln' },
            { type: 'redacted_thinking', data: 'b3Bh' },
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 'toolu_1' },
            { type: 'tool_use', id: 'toolu_2' },
            { type: 'tool_use', id: 'toolu_3' },
          ],
        },
        { role: 'user', content: [{ tool_use_id: 'toolu_1' }, { tool_use_id: 'toolu_2' }, { tool_use_id: 'toolu_3' }] },
      ],
    });
  });

  it('gets calls of custom tools as such', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'patch', arguments: '{"input":"*** x"}' } };
    const chunk = {
      id: 'c',
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...call }] }, finish_reason: 'stop' }],
    };
    const answer = await responses('openai.chat', `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)
      .stream({ ...request, tools: [{ type: 'custom', name: 'patch' }] })
      .finalResponse();
    expect(answer.output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: '*** x' },
    ]);
  });

  it('reads a complete answer', async () => {
    const body =
      '{"id":"msg_1","content":[{"type":"text","text":"Hi"}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":2}}';
    const answer = await responses('anthropic.messages', body).create({ ...request, instructions: 'Be brief.' });
    expect(answer).toMatchObject({
      output_text: 'Hi',
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      instructions: 'Be brief.',
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    });
  });

  it('learns of an error inside a stream', async () => {
    const run = responses('anthropic.messages', streamNamed('anthropic.messages', 'error-inside')).stream(request);
    const failures: string[] = [];
    run.on('response.failed', ({ response }) => failures.push(response.error?.message ?? ''));
    const answer = await run.finalResponse();
    expect(failures).toEqual(['Overloaded']);
    expect(answer.status).toBe('failed');
  });

  it('gets an error answer with its status', async () => {
    const answer = '{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}';
    const client = clientOf({ upstream: 'anthropic.messages', client: 'openai.responses', answer, status: 429 });
    await expect(client.responses.create(request)).rejects.toMatchObject({ status: 429, message: '429 Slow down.' });
  });
});

describe('clients of chat and Messages on a Responses upstream', () => {
  it('read everything the upstream streams', async () => {
    const answer = streamNamed('openai.responses', 'everything');
    const run = clientOf({ upstream: 'openai.responses', client: 'openai.chat', answer }).chat.completions.stream({
      model: 'asked',
      messages: [{ role: 'user', content: 'q' }],
      stream_options: { include_usage: true },
    });
    const { choices, usage } = await run.finalChatCompletion();
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    expect(choices[0]?.message.content).toBe('Let me see, é.');
    expect(choices[0]?.message.tool_calls).toHaveLength(2);
    expect(usage?.total_tokens).toBe(30);
  });
});

describe('the completions client', () => {
  const completions = (answer: string | Buffer): OpenAI['completions'] =>
    clientOf({ upstream: 'openai.chat', client: 'openai.completions', answer }).completions;

  it('reads a complete answer', async () => {
    const body = '{"id":"c","choices":[{"message":{"content":" upon a time"},"finish_reason":"length"}]}';
    const answer = await completions(body).create({ model: 'asked', prompt: 'Once', echo: true });
    expect(answer.choices).toMatchObject([{ text: 'Once upon a time', finish_reason: 'length' }]);
  });

  it('reads a stream', async () => {
    const stream = await completions(streamNamed('openai.chat', 'text')).create({
      model: 'asked',
      prompt: 'Once',
      stream: true,
    });
    const texts: string[] = [];
    for await (const chunk of stream) texts.push(chunk.choices[0]?.text ?? '');
    expect(texts.join('')).not.toBe('');
  });
});
