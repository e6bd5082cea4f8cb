import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import net from 'node:net';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

let openai: FakeUpstream;
let instance: Instance;

beforeAll(async () => {
  openai = await startFakeUpstream({ name: 'openai' });
  instance = await startInstance({
    config: `
version: v0.4.0
model_providers:
  - model: openai/*
    access_key: $OPENAI_API_KEY
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
    timeout: 2s
overrides:
  max_request_bytes: 3000000
`,
    env: { OPENAI_API_KEY: 'openai-secret', OUTERLOOP_BASE_URL_OPENAI: openai.url },
  });
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await openai.close();
});

const SHAPES = [
  ['/v1/chat/completions', (code: string) => ({ error: { code, message: expect.any(String) } })],
  ['/v1/responses', (code: string) => ({ error: { code, message: expect.any(String) } })],
  ['/v1/messages', () => ({ type: 'error', error: { type: expect.any(String), message: expect.any(String) } })],
] as const;

function send(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Response> {
  return fetch(`http://127.0.0.1:${instance.port('models')}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'GET' ? {} : { body }),
  });
}

describe.each(SHAPES)('at %s', (path, shape) => {
  const table: readonly [string, string | Buffer, Record<string, string>, number, string][] = [
    ['broken JSON', '{"model": "openai/x", ', {}, 400, 'invalid_json'],
    ['JSON that is no object', '[1,2]', {}, 400, 'invalid_json'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), {}, 400, 'invalid_json'],
    ['an empty body', '', {}, 400, 'missing_body'],
    ['no messages', '{"model":"openai/x","messages":[],"input":5}', {}, 400, 'invalid_request'],
    ['a form', 'model=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_content_type'],
    [
      'an unknown model',
      '{"model":"nobody/x","messages":[{"role":"user","content":"x"}],"input":"x"}',
      {},
      404,
      'model_not_found',
    ],
    [
      'a model name that would leave its place',
      '{"model":"openai/../../admin","messages":[{"role":"user","content":"x"}],"input":"x"}',
      {},
      404,
      'model_not_found',
    ],
  ];
  it.each(table)('%s', async (_, body, headers, status, code) => {
    const before = openai.requests.length;
    const answer = await send(path, body, headers);
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status, body: shape(code) });
    expect(openai.requests.length).toBe(before);
  });

  it('a body over the limit', async () => {
    const answer = await send(
      path,
      JSON.stringify({ model: 'openai/x', messages: [{ role: 'user', content: 'x'.repeat(3_100_000) }] }),
    );
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 413,
      body: shape('request_too_large'),
    });
  });

  it('an upstream that hangs', async () => {
    const body = { model: 'openai/gpt-hang', max_tokens: 1, messages: [{ role: 'user', content: 'x' }], input: 'x' };
    const answer = await send(path, JSON.stringify(body));
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 504,
      body: shape('upstream_timeout'),
    });
  });
});

it('an upstream whose name is unknown or that nobody serves is a 503 in the shape of the caller', async () => {
  await openai.close();
  const answer = await send('/v1/chat/completions', '{"model":"openai/x","messages":[{"role":"user","content":"x"}]}');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'upstream_unreachable' } });
});

it('unknown paths and methods', async () => {
  expect((await send('/nothing/here', '{}')).status).toBe(404);
  expect((await send('/v1/chat/completions', '', {}, 'GET')).status).toBe(405);
  expect((await send('/v1/models', '{}')).status).toBe(405);
});

it('half a request, then silence: nothing is left behind', async () => {
  const socket = net.connect(instance.port('models'), '127.0.0.1');
  socket.write(
    'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"model"',
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const status = (await (await fetch(`http://${instance.metricsAddress}/status`)).json()) as { openExchanges: number };
  expect(status.openExchanges).toBe(0);
  expect(instance.sidecar.exitCode).toBeNull();
});
