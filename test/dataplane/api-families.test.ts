import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

let openai: FakeUpstream;
let anthropic: FakeUpstream;
let instance: Instance;

beforeAll(async () => {
  openai = await startFakeUpstream({ name: 'openai' });
  anthropic = await startFakeUpstream({ name: 'anthropic' });
  instance = await startInstance({
    config: `
version: v0.4.0
model_providers:
  - model: openai/gpt-4o
    access_key: $OPENAI_API_KEY
    default: true
  - model: openai/*
    access_key: $OPENAI_API_KEY
  - model: anthropic/claude-test
    access_key: $ANTHROPIC_API_KEY
  - model: amazon_bedrock/amazon.titan-embed-text-v2:0
    access_key: $BEDROCK_KEY
    base_url: ${openai.url}
model_aliases:
  small/embedding:
    target: amazon_bedrock/amazon.titan-embed-text-v2:0
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
`,
    env: {
      OPENAI_API_KEY: 'openai-secret',
      ANTHROPIC_API_KEY: 'anthropic-secret',
      BEDROCK_KEY: 'bedrock-secret',
      OUTERLOOP_BASE_URL_OPENAI: openai.url,
      OUTERLOOP_BASE_URL_ANTHROPIC: anthropic.url,
    },
  });
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await openai.close();
  await anthropic.close();
});

function call(path: string, body?: object, headers: Record<string, string> = {}, method = 'POST'): Promise<Response> {
  return fetch(`http://127.0.0.1:${instance.port('models')}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('families that are passed through with routing and credentials', () => {
  it.each([
    ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'hi' }, '/v1/embeddings'],
    ['/v1/images/generations', { model: 'openai/gpt-image-1', prompt: 'a cat' }, '/v1/images/generations'],
    ['/v1/audio/speech', { model: 'openai/tts-1', input: 'hi', voice: 'alloy' }, '/v1/audio/speech'],
    ['/v1/completions', { model: 'openai/gpt-3.5-turbo-instruct', prompt: 'hi' }, '/v1/completions'],
  ])('%s', async (path, body, upstreamPath) => {
    openai.next({ body: '{"ok":true}', headers: { 'content-type': 'application/json' } });
    const answer = await call(path, body);
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { ok: true } });
    expect(openai.requests.at(-1)?.path).toBe(upstreamPath);
    expect(openai.requests.at(-1)?.headers.authorization).toBe('Bearer openai-secret');
    expect(openai.requests.at(-1)?.json).toMatchObject({ model: body.model.replace('openai/', '') });
  });

  it('counts tokens at Anthropic', async () => {
    anthropic.next({ body: '{"input_tokens":9}', headers: { 'content-type': 'application/json' } });
    const answer = await call('/v1/messages/count_tokens', {
      model: 'claude-test',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(await answer.json()).toEqual({ input_tokens: 9 });
    expect(anthropic.requests.at(-1)?.path).toBe('/v1/messages/count_tokens');
    expect(anthropic.requests.at(-1)?.headers['x-api-key']).toBe('anthropic-secret');
  });
});

describe('families that are translated', () => {
  it('OpenAI embeddings from a Titan model, by an alias with a slash', async () => {
    openai.next({
      body: '{"embedding":[0.5,1],"inputTextTokenCount":3}',
      headers: { 'content-type': 'application/json' },
    });
    const answer = await call('/v1/embeddings', { model: 'small/embedding', input: 'hi' });
    expect(await answer.json()).toMatchObject({
      object: 'list',
      data: [{ index: 0, embedding: [0.5, 1] }],
      usage: { prompt_tokens: 3 },
    });
    expect(openai.requests.at(-1)?.path).toBe('/model/amazon.titan-embed-text-v2:0/invoke');
    expect(openai.requests.at(-1)?.headers.authorization).toBe('Bearer bedrock-secret');
  });

  it('a Gemini client asks an OpenAI model, complete and streamed', async () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
    const complete = await call('/v1beta/models/gpt-4o:generateContent', body);
    expect(await complete.json()).toMatchObject({ candidates: [{ content: { role: 'model', parts: [{}] } }] });
    expect(openai.requests.at(-1)?.json).toMatchObject({ model: 'gpt-4o', messages: [{ role: 'user' }] });
    const streamed = await (await call('/v1beta/models/claude-test:streamGenerateContent?alt=sse', body)).text();
    expect(streamed).toContain('"candidates"');
    expect(anthropic.requests.at(-1)?.json).toMatchObject({ stream: true });
  });

  it('a Responses client asks an Anthropic model', async () => {
    const answer = await call('/v1/responses', { model: 'claude-test', input: 'hi' });
    expect(await answer.json()).toMatchObject({ object: 'response', status: 'completed' });
    expect(anthropic.requests.at(-1)?.path).toBe('/v1/messages');
  });
});

describe('models and browsers', () => {
  it('GET /v1/models/{id}, slashes in ids escaped or not', async () => {
    for (const id of ['openai/gpt-4o', 'openai%2Fgpt-4o', 'small/embedding']) {
      const answer = await call(`/v1/models/${id}`, undefined, {}, 'GET');
      expect(await answer.json()).toMatchObject({ id: decodeURIComponent(id), object: 'model' });
    }
    expect((await call('/v1/models/nobody', undefined, {}, 'GET')).status).toBe(404);
  });

  it('lets scripts of other origins in, and only browsers see that', async () => {
    const preflight = await call(
      '/v1/chat/completions',
      undefined,
      { origin: 'https://app.example', 'access-control-request-headers': 'x-mine' },
      'OPTIONS',
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-mine');
    const question = { model: 'gpt-4o', messages: [{ role: 'user', content: 'x' }] };
    const answer = await call('/v1/chat/completions', question, { origin: 'https://app.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect((await call('/v1/chat/completions', question)).headers.get('access-control-allow-origin')).toBeNull();
    const refused = await call(
      '/v1/chat/completions',
      { model: 'nobody', messages: [] },
      { origin: 'https://app.example' },
    );
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  });
});
