import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { setHeader, type ScriptedStream } from './scripted-envoy';
import { startFixture, type Fixture } from './sidecar-fixture';

const HEAD = {
  ':method': 'POST',
  ':path': '/v1/chat/completions',
  'content-type': 'application/json',
  authorization: 'Bearer caller-secret',
  cookie: 'session=caller',
  'x-tenant': 'blue',
};
const BODY = '{"model":"gpt-4o","messages":[{"role":"user","content":"flights and weather"}],"x":1.0}';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  fixture.chosen = ['flight_agent', 'weather_agent'];
});
afterEach(async () => {
  await fixture.close();
});

async function ask(body: string = BODY, head: Record<string, string> = HEAD): Promise<ScriptedStream> {
  const stream = fixture.envoy.front('travel').requestHeaders(head);
  await stream.reply(1);
  return stream.requestBody(body);
}

describe('several agents', () => {
  it('asks all but the last one here and hands the last one to Envoy', async () => {
    const stream = await ask();
    const extended = await stream.reply(2);
    expect(Number(extended.overrideMessageTimeout?.seconds)).toBe(300);
    const reply = await stream.reply(3);
    expect(fixture.sideCalls).toHaveLength(1);
    const [call] = fixture.sideCalls;
    expect(call?.upstream).toBe('agent:flight_agent');
    expect(call?.headers).toMatchObject({ 'x-tenant': 'blue' });
    expect(call?.headers).not.toHaveProperty('authorization');
    expect(call?.headers).not.toHaveProperty('cookie');
    expect(setHeader(reply, 'requestBody', ':path')).toBe('/base/v1/chat/completions');
    expect(reply.requestBody?.response?.headerMutation?.removeHeaders).toEqual(
      expect.arrayContaining(['authorization', 'cookie']),
    );
    const sent = JSON.parse(reply.requestBody?.response?.bodyMutation?.body?.toString('utf8') ?? '') as {
      messages: object[];
    };
    expect(sent.messages).toEqual([
      { role: 'assistant', name: 'flight_agent', content: 'found it' },
      { role: 'user', content: 'flights and weather' },
    ]);
    stream.responseHeaders({ ':status': '418', 'x-outerloop-from-upstream': '1' });
    const answer = await stream.reply(4);
    expect(setHeader(answer, 'responseHeaders', 'x-outerloop-agents')).toBe('flight_agent,weather_agent');
    stream.cancel();
  });

  it('stops when an agent fails, and says which', async () => {
    fixture.sideAnswers.push({ status: 500 });
    const stream = await ask();
    const reply = await stream.reply(3);
    expect(reply.immediateResponse?.status.code).toBe(502);
    const body = reply.immediateResponse?.body?.toString('utf8') ?? '';
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'agent_failed' } });
    expect(body).toContain('flight_agent');
  });

  it('does not take nonsense for an answer', async () => {
    fixture.sideAnswers.push({ body: Buffer.from('<html>'), headers: { 'content-type': 'text/html' } });
    expect((await (await ask()).reply(3)).immediateResponse?.status.code).toBe(502);
  });

  it('stops the chain when the client goes away', async () => {
    fixture.sideAnswers.push('hang');
    const stream = await ask();
    await stream.reply(2);
    while (fixture.sideCalls.length === 0) await sleep(5);
    stream.cancel();
    await stream.ended;
    await sleep(20);
    expect(fixture.sideCalls[0]?.signal.aborted).toBe(true);
    expect(fixture.gateway.openExchanges).toBe(0);
  });
});

describe('one agent', () => {
  it('gets the body byte for byte, once', async () => {
    fixture.chosen = ['weather_agent'];
    const stream = await ask();
    const reply = await stream.reply(2);
    expect(reply.requestBody?.response?.bodyMutation).toBeUndefined();
    expect(setHeader(reply, 'requestBody', 'x-envoy-max-retries')).toBe('0');
    expect(fixture.sideCalls).toHaveLength(0);
    stream.cancel();
  });

  it('serves callers of the Messages API through translation', async () => {
    fixture.chosen = ['flight_agent'];
    const stream = await ask('{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}', {
      ...HEAD,
      ':path': '/v1/messages',
    });
    const body: unknown = JSON.parse(
      (await stream.reply(2)).requestBody?.response?.bodyMutation?.body?.toString('utf8') ?? '',
    );
    expect(body).toMatchObject({ messages: [{ role: 'user', content: 'hi' }] });
    stream.cancel();
  });

  it('serves callers of the Responses API through translation', async () => {
    fixture.chosen = ['flight_agent'];
    const stream = await ask('{"model":"m","instructions":"Be brief.","input":"hi"}', {
      ...HEAD,
      ':path': '/v1/responses',
    });
    const body: unknown = JSON.parse(
      (await stream.reply(2)).requestBody?.response?.bodyMutation?.body?.toString('utf8') ?? '',
    );
    expect(body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hi' },
      ],
    });
    stream.cancel();
  });

  it('refuses what it cannot translate in the shape of the caller', async () => {
    const body = '{"model":"m","input":"hi","previous_response_id":"resp_1"}';
    const stream = await ask(body, { ...HEAD, ':path': '/v1/responses' });
    const reply = await stream.reply(2);
    expect(reply.immediateResponse?.status.code).toBe(400);
    expect(JSON.parse(reply.immediateResponse?.body?.toString('utf8') ?? '')).toMatchObject({
      error: { code: 'invalid_request', param: 'previous_response_id' },
    });
  });
});
