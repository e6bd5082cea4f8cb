import { afterEach, describe, expect, it } from '@jest/globals';
import type { DrillCandidate } from './chains';
import type { FailureId } from './failures';
import { answerText, StandIn } from './stand-in';

const FIRST: DrillCandidate = { name: 'a', publicName: 'openai/a', upstream: 'provider:openai', api: 'openai.chat' };
const SECOND: DrillCandidate = { ...FIRST, name: 'b', publicName: 'openai/b' };
const KEYS = [
  { owner: 'a', key: 'key-a' },
  { owner: 'b', key: 'key-b' },
  { owner: 'the caller', key: 'key-caller' },
];

let standIn: StandIn;
afterEach(() => standIn.stop());

async function start(
  failing: Record<string, FailureId> = {},
  chain: readonly DrillCandidate[] = [FIRST, SECOND],
): Promise<void> {
  const candidates = [
    { candidate: FIRST, key: 'key-a' },
    { candidate: SECOND, key: 'key-b' },
  ];
  standIn = new StandIn({ upstream: FIRST.upstream, candidates, keys: KEYS });
  await standIn.start();
  await standIn.fail(new Map(Object.entries(failing)), chain);
}

const ask = (headers: Record<string, string>): Promise<Response> =>
  fetch(`http://127.0.0.1:${standIn.port}/v1/chat/completions`, { method: 'POST', headers, body: '{}' });

describe('a stand-in', () => {
  it('knows its candidates by their keys', async () => {
    await start();
    expect(await (await ask({ authorization: 'Bearer key-b' })).text()).toContain(answerText(SECOND));
    expect(standIn.asked).toEqual(['b']);
    expect(standIn.leaks).toEqual([]);
    expect((await ask({})).status).toBe(401);
  });

  it('notes keys that do not belong to the one that is asked', async () => {
    await start();
    await ask({ authorization: 'Bearer key-a', 'x-api-key': 'key-b', cookie: 'key-caller' });
    expect(standIn.leaks).toEqual([
      { owner: 'b', seenBy: 'a' },
      { owner: 'the caller', seenBy: 'a' },
    ]);
  });

  it('fails for the named candidate alone', async () => {
    await start({ a: 'status-429', b: 'reset' });
    expect((await ask({ authorization: 'key-a' })).status).toBe(429);
    await expect(ask({ authorization: 'key-b' })).rejects.toThrow('fetch failed');
  });

  it('refuses connections unless somebody else of the chain needs the port', async () => {
    await start({ a: 'refused' });
    expect((await ask({ authorization: 'key-b' })).status).toBe(200);
    await standIn.fail(new Map([['a', 'refused']]), [FIRST]);
    await expect(ask({ authorization: 'key-a' })).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await standIn.fail(new Map(), [FIRST]);
    expect((await ask({ authorization: 'key-a' })).status).toBe(200);
  });
});
