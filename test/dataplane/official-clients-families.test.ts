/** The vendors' own clients for Node through a real Envoy: the API families beside chat, Responses and Messages. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
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

const JSON_TYPE = { 'content-type': 'application/json' };

describe('completions', () => {
  it('of a vendor that has them', async () => {
    const body = { id: 'c', object: 'text_completion', choices: [{ index: 0, text: ' upon', finish_reason: 'stop' }] };
    gateway.openai.next({ body: JSON.stringify(body), headers: JSON_TYPE });
    const answer = await openai.completions.create({ model: 'openai/instruct', prompt: 'Once' });
    expect(answer.choices[0]?.text).toBe(' upon');
  });

  it('of Anthropic, complete and streamed', async () => {
    const model = 'anthropic/claude-test';
    const text = answerText({ intro: 'anthropic (claude-test):' });
    const answer = await openai.completions.create({ model, prompt: 'Once' });
    expect(answer).toMatchObject({ object: 'text_completion', choices: [{ text, finish_reason: 'stop' }] });
    let streamed = '';
    for await (const chunk of await openai.completions.create({ model, prompt: 'Once', stream: true }))
      streamed += chunk.choices[0]?.text ?? '';
    expect(streamed).toBe(text);
  });

  it('errors', async () => {
    const failed = openai.completions.create({ model: 'anthropic/claude-test-status429', prompt: 'Once' });
    await expect(failed).rejects.toBeInstanceOf(OpenAI.RateLimitError);
  });
});

describe('embeddings', () => {
  it('of OpenAI, in the base64 that the client asks for on its own', async () => {
    const embedding = Buffer.from(new Float32Array([0.5, -1]).buffer).toString('base64');
    const body = { object: 'list', data: [{ object: 'embedding', index: 0, embedding }], model: 'm' };
    gateway.openai.next({ body: JSON.stringify(body), headers: JSON_TYPE });
    const answer = await openai.embeddings.create({ model: 'openai/text-embedding-3-small', input: 'hi' });
    expect(answer.data[0]?.embedding).toEqual([0.5, -1]);
    expect(gateway.openai.requests.at(-1)?.json).toMatchObject({ encoding_format: 'base64' });
  });

  it('of Titan', async () => {
    gateway.openai.next({ body: '{"embedding":[0.5,-1],"inputTextTokenCount":3}', headers: JSON_TYPE });
    const answer = await openai.embeddings.create({ model: 'small-embedding', input: 'hi' });
    expect(answer.data[0]?.embedding).toEqual([0.5, -1]);
    expect(answer.usage.prompt_tokens).toBe(3);
  });
});

describe('counting tokens', () => {
  const request = { messages: [{ role: 'user' as const, content: 'x' }] };

  it('at Anthropic', async () => {
    gateway.anthropic.next({ body: '{"input_tokens":9}', headers: JSON_TYPE });
    const answer = await anthropic.messages.countTokens({ ...request, model: 'anthropic/claude-test' });
    expect(answer.input_tokens).toBe(9);
  });

  it('a vendor that cannot count is a clear error', async () => {
    const failed = anthropic.messages.countTokens({ ...request, model: 'openai/gpt-test' });
    await expect(failed).rejects.toBeInstanceOf(Anthropic.BadRequestError);
  });
});

describe('models', () => {
  it('the OpenAI client lists and retrieves them', async () => {
    const ids: string[] = [];
    for await (const model of openai.models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(['openai/gpt-known', 'small-embedding']));
    expect(await openai.models.retrieve('openai/gpt-known')).toMatchObject({ id: 'openai/gpt-known', object: 'model' });
    await expect(openai.models.retrieve('nobody')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('the Anthropic client lists and retrieves them', async () => {
    const ids: string[] = [];
    for await (const model of anthropic.models.list()) ids.push(model.id);
    expect(ids).toContain('openai/gpt-known');
    expect(await anthropic.models.retrieve('openai/gpt-known')).toMatchObject({ id: 'openai/gpt-known' });
    await expect(anthropic.models.retrieve('nobody')).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });
});

describe('errors of ours', () => {
  it('an unknown model, for both clients', async () => {
    const messages = [{ role: 'user' as const, content: 'x' }];
    const chat = openai.chat.completions.create({ model: 'nobody/x', messages });
    await expect(chat).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    await expect(chat).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const message = anthropic.messages.create({ model: 'nobody/x', messages, max_tokens: 1 });
    await expect(message).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  });

  it('an upstream that cannot be reached, for both clients', async () => {
    const messages = [{ role: 'user' as const, content: 'x' }];
    const chat = openai.chat.completions.create({ model: 'anthropic/claude-reset', messages });
    await expect(chat).rejects.toBeInstanceOf(OpenAI.InternalServerError);
    const message = anthropic.messages.create({ model: 'openai/gpt-reset', messages, max_tokens: 1 });
    await expect(message).rejects.toBeInstanceOf(Anthropic.InternalServerError);
  });
});
