import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awsMessage } from '../fakes/aws-messages';
import { chatViolations, messagesViolations } from '../fakes/stream-conformance';
import { startFakeUpstream, type FakeUpstream } from '../fakes/upstream';
import { startInstance, type Instance } from './instance';

// A model of Amazon's: Claude has a second API there, which clients of its own API are given.
const MODEL = 'us.amazon.nova-premier-v1:0';
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';

let bedrock: FakeUpstream;
let instance: Instance;
let base: string;

beforeAll(async () => {
  bedrock = await startFakeUpstream({ name: 'bedrock' });
  instance = await startInstance({
    config: `
version: v0.4.0
model_providers:
  - model: amazon_bedrock/${MODEL}
    access_key: $AWS_BEARER_TOKEN_BEDROCK
    base_url: ${bedrock.url}
    default: true
  - model: amazon_bedrock/${PROFILE}
    access_key: $AWS_BEARER_TOKEN_BEDROCK
    base_url: ${bedrock.url}
listeners:
  - type: model
    name: models
    address: 127.0.0.1
    port: {{port:models}}
`,
    env: { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-secret' },
  });
  base = `http://127.0.0.1:${instance.port('models')}`;
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await bedrock.close();
});

function post(path: string, body: object): Promise<Response> {
  return fetch(base + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer of-the-caller',
      'x-api-key': 'of-the-caller',
    },
    body: JSON.stringify(body),
  });
}

const JSON_ANSWER = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: 'Grüße' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
});

const STREAM = Buffer.concat(
  [
    { event: 'messageStart', payload: { role: 'assistant' } },
    { event: 'contentBlockDelta', payload: { contentBlockIndex: 0, delta: { text: 'Grüße' } } },
    { event: 'contentBlockStop', payload: { contentBlockIndex: 0 } },
    { event: 'messageStop', payload: { stopReason: 'end_turn' } },
    { event: 'metadata', payload: { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } } },
  ].map(awsMessage),
);

const STREAM_HEADERS = { 'content-type': 'application/vnd.amazon.eventstream' };

const hello = { messages: [{ role: 'user', content: 'Hello' }] };

describe('Bedrock through Envoy', () => {
  it('is called with its own key at the path of the model', async () => {
    bedrock.next({ body: JSON_ANSWER, headers: { 'content-type': 'application/json' } });
    const response = await post('/v1/chat/completions', { model: MODEL, ...hello });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'Grüße' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
    const sent = bedrock.requests.at(-1);
    expect(sent?.path).toBe(`/model/${MODEL}/converse`);
    expect(sent?.headers.authorization).toBe('Bearer bedrock-secret');
    expect(sent?.headers['x-api-key']).toBeUndefined();
    expect(sent?.json).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] });
  });

  it.each([
    ['/v1/chat/completions', (text: string) => chatViolations(text, { includeUsage: false })],
    ['/v1/messages', messagesViolations],
  ])('streams to %s, whatever pieces the bytes come in', async (path, violations) => {
    bedrock.next({ body: STREAM, headers: STREAM_HEADERS, chunkBytes: 7 });
    const response = await post(path, { model: MODEL, max_tokens: 9, stream: true, ...hello });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = await response.text();
    expect(text).toContain('Grüße');
    expect(violations(text)).toEqual([]);
    expect(bedrock.requests.at(-1)?.path).toBe(`/model/${MODEL}/converse-stream`);
  });

  it('ends a stream with an error event where Bedrock throws', async () => {
    const thrown = { exception: 'throttlingException', payload: { message: 'Too many tokens.' } };
    const start = { event: 'messageStart', payload: { role: 'assistant' } };
    bedrock.next({ body: Buffer.concat([start, thrown].map(awsMessage)), headers: STREAM_HEADERS });
    const response = await post('/v1/messages', { model: MODEL, max_tokens: 9, stream: true, ...hello });
    const text = await response.text();
    expect(text).toContain('"type":"rate_limit_error","message":"Too many tokens."');
    expect(messagesViolations(text)).toEqual([]);
  });

  it('keeps the ARN of a profile one segment of the path', async () => {
    bedrock.next({ body: JSON_ANSWER, headers: { 'content-type': 'application/json' } });
    const response = await post('/v1/chat/completions', { model: `amazon_bedrock/${PROFILE}`, ...hello });
    expect(response.status).toBe(200);
    expect(bedrock.requests.at(-1)?.path).toBe(`/model/${PROFILE.replace('/', '%2F')}/converse`);
  });

  it('shows an error in the words of the API that was called', async () => {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ValidationException:http://aws/' };
    bedrock.next({ status: 400, body: JSON.stringify({ message: 'Malformed input request.' }), headers });
    const response = await post('/v1/messages', { model: MODEL, max_tokens: 9, ...hello });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Malformed input request.' },
    });
  });
});
