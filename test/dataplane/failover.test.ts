import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeUpstream } from '../fakes/upstream';
import type { Instance } from './instance';
import { startThreeVendors, type ThreeVendors } from './three-vendors';

const CONFIG = `
version: v0.4.0
model_providers:
  - model: openai/both
    access_key: $OPENAI_API_KEY
    headers:
      x-only-for-openai: "yes"
  - model: anthropic/both
    access_key: $ANTHROPIC_API_KEY
  - model: groq/third
    access_key: $GROQ_API_KEY
model_aliases:
  chain:
    targets: [openai/both, anthropic/both, groq/third]
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
    timeout: 6s
`;

let vendors: ThreeVendors;
let openai: FakeUpstream;
let anthropic: FakeUpstream;
let groq: FakeUpstream;
let instance: Instance;

beforeAll(async () => {
  vendors = await startThreeVendors(CONFIG);
  ({ openai, anthropic, groq, instance } = vendors);
}, 60_000);
afterAll(() => vendors.stop());

function ask(model: string, stream = false): Promise<Response> {
  return fetch(`http://127.0.0.1:${instance.port('models')}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-beta': 'b1',
      'openai-organization': 'org',
      authorization: 'Bearer caller',
    },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hi' }] }),
  });
}

describe('a model id that two vendors offer', () => {
  it.each([
    ['status 503', { status: 503 }],
    ['status 429', { status: 429 }],
    ['status 529', { status: 529 }],
    ['a refused request', { mode: 'refuse' as const }],
    ['a reset', { mode: 'reset' as const }],
    ['garbage', { mode: 'garbage' as const }],
    ['silence', { mode: 'hang' as const }],
  ])('after %s the other one answers, rendered for its own API', async (_, script) => {
    const attempts = await instance.total('ext_proc.attempt.streams_started');
    openai.next(script);
    const answer = await ask('both');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-outerloop-model')).toBe('anthropic/both');
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
    const second = anthropic.requests.at(-1);
    expect(second?.path).toBe('/v1/messages');
    expect(second?.headers['x-api-key']).toBe('anthropic-secret');
    expect(second?.headers['anthropic-beta']).toBe('b1');
    expect(second?.headers['content-length']).toBe(String(second?.body.length));
    for (const name of ['authorization', 'openai-organization', 'x-only-for-openai'])
      expect(second?.headers[name]).toBeUndefined();
    expect((await instance.total('ext_proc.attempt.streams_started')) - attempts).toBe(1);
  });

  it('streams from the second one', async () => {
    openai.next({ status: 503 });
    const text = await (await ask('both', true)).text();
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(text).toContain('anthropic');
  });

  it('shows the last error when nobody can answer, in the shape of the caller', async () => {
    openai.next({ status: 503 });
    anthropic.next({ status: 529 });
    const answer = await ask('both');
    expect(answer.status).toBe(529);
    expect(await answer.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  it('does not try again what the first one refused for good', async () => {
    const before = anthropic.requests.length;
    openai.next({ status: 400 });
    expect((await ask('both')).status).toBe(400);
    expect(anthropic.requests.length).toBe(before);
  });
});

describe('an alias with three targets', () => {
  it('goes on to the third; every vendor sees its own key only', async () => {
    openai.next({ status: 503 });
    anthropic.next({ mode: 'reset' });
    const answer = await ask('chain');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-outerloop-model')).toBe('groq/third');
    const third = groq.requests.at(-1);
    expect(third?.path).toBe('/openai/v1/chat/completions');
    expect(third?.headers.authorization).toBe('Bearer groq-secret');
    for (const name of ['x-api-key', 'anthropic-version', 'anthropic-beta', 'x-only-for-openai']) {
      expect(third?.headers[name]).toBeUndefined();
    }
    expect(third?.json).toMatchObject({ model: 'third' });
  });
});

it('no vendor ever saw the key of another or of the caller', () => {
  const seen = (upstream: FakeUpstream): string =>
    JSON.stringify(upstream.requests.map((request) => [request.headers, request.path]));
  expect(seen(openai)).not.toMatch(/anthropic-secret|groq-secret|Bearer caller/);
  expect(seen(anthropic)).not.toMatch(/openai-secret|groq-secret|Bearer caller/);
  expect(seen(groq)).not.toMatch(/openai-secret|anthropic-secret|Bearer caller/);
});
