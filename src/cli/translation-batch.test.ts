import { describe, expect, it } from '@jest/globals';
import { translateBatch } from './translation-batch';

interface Line {
  readonly id: unknown;
  readonly output?: unknown;
  readonly encoding?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error?: { readonly code: string; readonly status: number; readonly message: string };
}

async function* chunksOf(text: string, size = 1000): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function linesFor(...jobs: readonly unknown[]): Promise<string[]> {
  const text = jobs.map((job) => (typeof job === 'string' ? job : JSON.stringify(job))).join('\n');
  const lines: string[] = [];
  for await (const line of translateBatch(chunksOf(text, 7))) lines.push(line);
  return lines;
}

async function run(...jobs: readonly unknown[]): Promise<Line[]> {
  return (await linesFor(...jobs)).map((line) => JSON.parse(line) as Line);
}

const job = (fields: object): object => ({
  id: 'j',
  kind: 'request',
  client_api: 'openai.chat',
  upstream_api: 'openai.chat',
  encoding: 'json',
  input: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hé' }] },
  ...fields,
});

describe('translateBatch', () => {
  it('answers every line in order, bad ones too', async () => {
    const results = await run(
      job({ id: 1 }),
      'nonsense',
      '',
      job({ id: 'b', kind: 'wish' }),
      job({ id: 'c', upstream_api: 'bedrock' }),
      job({ id: 'd', client_api: 'bedrock.converse' }),
      job({ id: 'e', input: undefined }),
      job({ id: 'f', input: {} }),
      job({ id: { nested: true } }),
    );
    expect(results.map(({ id, error }) => [id, error?.code, error?.status])).toEqual([
      [1, undefined, undefined],
      [null, 'invalid_json', 400],
      ['b', 'invalid_request', 400],
      ['c', 'invalid_request', 400],
      ['d', 'invalid_request', 400],
      ['e', 'invalid_request', 400],
      ['f', 'invalid_request', 400],
      [{ nested: true }, undefined, undefined],
    ]);
    for (const { error } of results) if (error) expect(error.message).toMatch(/\.$/);
  });

  it('keeps the text of a JSON body that nothing had to change in', async () => {
    const input = '{"model":"gpt-4o", "seed":12345678901234567890,"messages":[{"role":"user","content":"a"}],"x":1.0}';
    const line = `{"input":${input},"id":"r","kind":"request","client_api":"openai.chat","upstream_api":"openai.chat"}`;
    expect(await linesFor(line)).toEqual([
      `{"id":"r","output":${input},"encoding":"json","path":"/v1/chat/completions"}`,
    ]);
  });

  it('reads what the gateway knows from the context', async () => {
    const context = {
      model_override: 'claude-opus-4-6',
      region: 'us-east5',
      project: 'p',
      stream: true,
      request_headers: { 'Anthropic-Beta': ['a', 'b'] },
    };
    const [vertex, bedrock] = await run(
      job({ upstream_api: 'vertex.anthropic', context }),
      job({ upstream_api: 'bedrock.invoke.anthropic', context }),
    );
    expect(vertex?.path).toBe(
      '/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-4-6:streamRawPredict',
    );
    expect(bedrock?.path).toBe('/model/claude-opus-4-6/invoke-with-response-stream');
    expect(bedrock?.output).toMatchObject({ anthropic_beta: ['a', 'b'] });
    const [azure, groq] = await run(
      job({ upstream_api: 'azure.openai.chat', context: { api_version: '2024-10-21' } }),
      job({ context: { upstream_vendor: 'groq' } }),
    );
    expect(azure?.path).toBe('/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21');
    expect(groq?.path).toBe('/openai/v1/chat/completions');
  });

  it('gives answers to the asker, cut wherever it is told', async () => {
    const stream =
      'event: message_start\ndata: {"type":"message_start","message":{"id":"m"}}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n';
    const streamed = job({
      kind: 'stream',
      upstream_api: 'anthropic.messages',
      encoding: 'base64',
      input: Buffer.from(stream).toString('base64'),
      cuts: [50, 3, 3, 9999, -1],
      context: { request_model: 'claude', include_usage: true },
    });
    const [result] = await run(streamed);
    expect(result?.encoding).toBe('base64');
    expect(result?.headers).toEqual({ 'content-type': 'text/event-stream' });
    const text = Buffer.from(String(result?.output), 'base64').toString();
    expect(text).toContain('"completion_tokens":3');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('keeps the status and the words of errors', async () => {
    const error = (fields: object): object => job({ kind: 'error', client_api: 'anthropic.messages', ...fields });
    const results = await run(
      error({
        upstream_api: 'bedrock.invoke.anthropic',
        input: { message: 'Too many' },
        context: { status: 429, response_headers: { 'x-amzn-errortype': 'ThrottlingException:http://internal/' } },
      }),
      error({
        upstream_api: 'bedrock.invoke.anthropic',
        input: { message: 'Bad' },
        context: { response_headers: { 'X-Amzn-ErrorType': 'ValidationException' } },
      }),
      error({ upstream_api: 'openai.chat', input: '<html>Bad gateway</html>', context: { status: 502 } }),
    );
    expect(results.map(({ output }) => (output as { error: unknown }).error)).toEqual([
      { type: 'rate_limit_error', message: 'Too many' },
      { type: 'invalid_request_error', message: 'Bad' },
      { type: 'api_error', message: '<html>Bad gateway</html>' },
    ]);
  });

  it('hands on what is no JSON as base64', async () => {
    const [result] = await run(
      job({ kind: 'response', input: Buffer.from([0xff, 0xfb, 0x90]).toString('base64'), encoding: 'base64' }),
    );
    expect(result).toMatchObject({ encoding: 'base64', output: '//uQ' });
  });
});
