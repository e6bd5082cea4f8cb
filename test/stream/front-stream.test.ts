import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { METADATA_EXCHANGE_NAMESPACE, METADATA_ROUTE_NAMESPACE } from '../../src/config/names';
import type { ProcessingResponse } from '../../src/extproc/protocol';
import { setHeader, type ScriptedStream } from './scripted-envoy';
import { startFixture, type Fixture } from './sidecar-fixture';

const HEAD = {
  ':method': 'POST',
  ':path': '/v1/chat/completions',
  ':authority': 'localhost:12000',
  'content-type': 'application/json',
  authorization: 'Bearer caller-secret',
  cookie: 'session=caller',
  'x-request-id': 'request-1',
};
const BODY = '{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}';
const FROM_UPSTREAM = { ':status': '200', 'content-type': 'application/json', 'x-outerloop-from-upstream': '1' };

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await fixture.close();
});

async function forwarded(body: string = BODY, head: Record<string, string> = HEAD): Promise<ScriptedStream> {
  const stream = fixture.envoy.front('models').requestHeaders(head);
  await stream.reply(1);
  stream.requestBody(body);
  await stream.reply(2);
  return stream;
}

function clusters(reply: ProcessingResponse): string[] {
  const groups = reply.dynamicMetadata?.fields?.[METADATA_ROUTE_NAMESPACE]?.structValue?.fields?.['priority_groups'];
  return (groups?.listValue?.values ?? []).map(
    (group) =>
      group.structValue?.fields?.['clusters']?.listValue?.values?.[0]?.structValue?.fields?.['cluster_name']
        ?.stringValue ?? '',
  );
}

function exchangeId(reply: ProcessingResponse): string {
  return reply.dynamicMetadata?.fields?.[METADATA_EXCHANGE_NAMESPACE]?.structValue?.fields?.['id']?.stringValue ?? '';
}

describe('an ordinary chat call', () => {
  it('takes three messages and leaves the body alone', async () => {
    const stream = await forwarded();
    const reply = await stream.reply(2);
    expect(reply.requestBody?.response?.bodyMutation).toBeUndefined();
    expect(reply.requestBody?.response?.clearRouteCache).toBe(true);
    expect(clusters(reply)).toEqual(['provider:openai']);
    expect(setHeader(reply, 'requestBody', 'authorization')).toBe('Bearer openai-secret');
    expect(setHeader(reply, 'requestBody', ':path')).toBe('/v1/chat/completions');
    expect(reply.requestBody?.response?.headerMutation?.removeHeaders).toEqual(
      expect.arrayContaining(['cookie', 'x-api-key']),
    );
    stream.responseHeaders(FROM_UPSTREAM);
    const answer = await stream.reply(3);
    expect(setHeader(answer, 'responseHeaders', 'x-outerloop-model')).toBe('openai/gpt-4o');
    expect(answer.responseHeaders?.response?.headerMutation?.removeHeaders).toContain('x-outerloop-from-upstream');
    stream.halfClose();
    expect(await stream.ended).toEqual({ code: 0 });
    expect(fixture.gateway.openExchanges).toBe(0);
  });

  it('patches only the model when an alias was asked for', async () => {
    const stream = await forwarded(
      '{ "messages":[{"role":"user","content":"hi"}],\n"model" : "fast", "seed": 12345678901234567890 }',
    );
    const body = (await stream.reply(2)).requestBody?.response?.bodyMutation?.body?.toString('utf8');
    expect(body).toBe(
      '{ "messages":[{"role":"user","content":"hi"}],\n"model" : "gpt-4o", "seed": 12345678901234567890 }',
    );
    expect(setHeader(await stream.reply(2), 'requestBody', 'content-length')).toBe(String(body?.length));
    stream.cancel();
  });
});

describe('messages that do not fit', () => {
  it('runs a duplicated body once', async () => {
    const stream = fixture.envoy.front('models').requestHeaders(HEAD);
    stream.requestBody(BODY).requestBody(BODY).requestBody(BODY);
    await stream.reply(2);
    stream.responseHeaders(FROM_UPSTREAM);
    await stream.reply(3);
    stream.halfClose();
    expect(await stream.ended).toEqual({ code: 0 });
    expect(stream.replies).toHaveLength(3);
  });

  it('answers a duplicated head once and ignores a body before it', async () => {
    const stream = fixture.envoy
      .front('models')
      .requestBody(BODY)
      .requestHeaders(HEAD)
      .requestHeaders(HEAD)
      .requestBody(BODY);
    await stream.reply(2);
    await sleep(20);
    expect(stream.replies).toHaveLength(2);
    stream.cancel();
  });

  it('passes an answer that Envoy made while the body was still coming', async () => {
    const stream = fixture.envoy.front('models').requestHeaders(HEAD);
    await stream.reply(1);
    stream.responseHeaders({ ':status': '413', 'content-type': 'application/json' });
    const reply = await stream.reply(2);
    expect(reply.responseHeaders?.response).toBeDefined();
    expect(setHeader(reply, 'responseHeaders', 'x-outerloop-model')).toBeUndefined();
    stream.halfClose();
    expect(await stream.ended).toEqual({ code: 0 });
  });

  it('passes an answer that Envoy made before it showed any request', async () => {
    const stream = fixture.envoy.front('models').responseHeaders({ ':status': '400' }, true);
    expect((await stream.reply(1)).responseHeaders?.response).toBeDefined();
    stream.halfClose();
    expect(await stream.ended).toEqual({ code: 0 });
  });

  it('ends at once when Envoy half-closes in the middle, and forgets the request', async () => {
    const stream = await forwarded();
    expect(fixture.gateway.openExchanges).toBe(1);
    stream.halfClose();
    expect(await stream.ended).toEqual({ code: 0 });
    expect(fixture.gateway.openExchanges).toBe(0);
  });

  it('refuses a listener that the Plan does not have', async () => {
    const stream = fixture.envoy.front('nobody').requestHeaders(HEAD);
    expect((await stream.ended).code).not.toBe(0);
  });

  it('forgets a request whose client went away', async () => {
    const stream = await forwarded();
    stream.cancel();
    await stream.ended;
    await sleep(20);
    expect(fixture.gateway.openExchanges).toBe(0);
  });
});

describe('answers made here', () => {
  const table: readonly [string, Record<string, string>, string | undefined, number, string][] = [
    ['bad JSON', HEAD, '{"model":', 400, 'invalid_json'],
    ['an unknown model', HEAD, '{"model":"nobody","messages":[{"role":"user","content":"x"}]}', 404, 'model_not_found'],
    ['no messages', HEAD, '{"model":"gpt-4o","messages":[]}', 400, 'invalid_request'],
    ['an empty body', HEAD, '', 400, 'missing_body'],
    ['a compressed body', { ...HEAD, 'content-encoding': 'gzip' }, BODY, 415, 'unsupported_content_type'],
    ['a wrong content type', { ...HEAD, 'content-type': 'text/xml' }, BODY, 415, 'unsupported_content_type'],
    ['an unknown path', { ...HEAD, ':path': '/v9/nothing' }, undefined, 404, 'unknown_path'],
    ['a wrong method', { ...HEAD, ':method': 'PUT' }, undefined, 405, 'method_not_allowed'],
  ];
  it.each(table)('%s', async (_, head, body, status, code) => {
    const stream = fixture.envoy.front('models').requestHeaders(head);
    if (body !== undefined) {
      await stream.reply(1);
      stream.requestBody(body);
    }
    const reply = await stream.reply(body === undefined ? 1 : 2);
    expect(reply.immediateResponse?.status.code).toBe(status);
    expect(JSON.parse(reply.immediateResponse?.body?.toString('utf8') ?? '')).toMatchObject({ error: { code } });
    expect(reply.immediateResponse?.details).toBe(`outerloop_${code}`);
  });

  it('speaks Anthropic to Anthropic callers', async () => {
    const stream = fixture.envoy.front('models').requestHeaders({ ...HEAD, ':path': '/v1/messages?beta=true' });
    await stream.reply(1);
    stream.requestBody('nonsense');
    const body: unknown = JSON.parse((await stream.reply(2)).immediateResponse?.body?.toString('utf8') ?? '');
    expect(body).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  });

  it('says starting until the models are warm', async () => {
    fixture.ready = false;
    const health = fixture.envoy.front('models').requestHeaders({ ':method': 'GET', ':path': '/healthz' }, true);
    expect((await health.reply(1)).immediateResponse?.status.code).toBe(503);
    const call = fixture.envoy.front('models').requestHeaders(HEAD);
    expect((await call.reply(1)).immediateResponse?.status.code).toBe(503);
    fixture.ready = true;
    const healthy = fixture.envoy.front('models').requestHeaders({ ':method': 'GET', ':path': '/healthz' }, true);
    expect((await healthy.reply(1)).immediateResponse?.status.code).toBe(200);
  });

  it('lists models, aliases included, sorted', async () => {
    const stream = fixture.envoy.front('models').requestHeaders({ ':method': 'GET', ':path': '/v1/models' }, true);
    const body = JSON.parse((await stream.reply(1)).immediateResponse?.body?.toString('utf8') ?? '') as {
      data: { id: string }[];
    };
    const ids = body.data.map((entry) => entry.id);
    expect(ids).toContain('fast');
    expect(ids).toEqual([...ids].sort());
  });
});

describe('retries', () => {
  it('renders the second candidate for its own API, with its own key and nothing of the first', async () => {
    const stream = await forwarded('{"model":"both","messages":[{"role":"user","content":"hi"}]}', {
      ...HEAD,
      'openai-organization': 'org-1',
      'anthropic-beta': 'some-beta',
    });
    const front = await stream.reply(2);
    expect(clusters(front)).toEqual(['provider:openai', 'provider:anthropic']);
    expect(setHeader(front, 'requestBody', 'x-envoy-max-retries')).toBe('1');
    expect(setHeader(front, 'requestBody', 'openai-organization')).toBe('org-1');
    expect(front.requestBody?.response?.headerMutation?.removeHeaders).toContain('anthropic-beta');
    const attempt = fixture.envoy
      .attempt('models')
      .attemptHeaders({ ':path': '/x', 'x-envoy-attempt-count': '2' }, exchangeId(front));
    const reply = await attempt.reply(1);
    expect(setHeader(reply, 'requestHeaders', ':path')).toBe('/v1/messages');
    expect(setHeader(reply, 'requestHeaders', ':authority')).toBe('api.anthropic.test');
    expect(setHeader(reply, 'requestHeaders', 'x-api-key')).toBe('anthropic-secret');
    expect(setHeader(reply, 'requestHeaders', 'anthropic-version')).toBe('2023-06-01');
    expect(setHeader(reply, 'requestHeaders', 'anthropic-beta')).toBe('some-beta');
    expect(reply.requestHeaders?.response?.headerMutation?.removeHeaders).toEqual(
      expect.arrayContaining(['authorization', 'openai-organization']),
    );
    const body = reply.requestHeaders?.response?.bodyMutation?.body?.toString('utf8') ?? '';
    expect(JSON.parse(body)).toMatchObject({ model: 'both', max_tokens: 4096 });
    stream.responseHeaders({ ...FROM_UPSTREAM });
    const answer = await stream.reply(3);
    expect(setHeader(answer, 'responseHeaders', 'x-outerloop-model')).toBe('anthropic/both');
    expect(answer.modeOverride?.responseBodyMode).toBeDefined();
    stream.cancel();
  });

  it('fails closed when the request cannot be found', async () => {
    for (const id of [undefined, 'guessed']) {
      const attempt = fixture.envoy
        .attempt('models')
        .attemptHeaders({ ':path': '/v1/messages', 'x-envoy-attempt-count': '2' }, id);
      const reply = await attempt.reply(1);
      expect(reply.immediateResponse?.status.code).toBe(500);
      expect(reply.requestHeaders).toBeUndefined();
    }
  });

  it('fails closed when the request is over', async () => {
    const stream = await forwarded('{"model":"both","messages":[{"role":"user","content":"hi"}]}');
    const id = exchangeId(await stream.reply(2));
    stream.halfClose();
    await stream.ended;
    const attempt = fixture.envoy.attempt('models').attemptHeaders({ ':path': '/', 'x-envoy-attempt-count': '2' }, id);
    expect((await attempt.reply(1)).immediateResponse?.status.code).toBe(500);
  });
});
