/** The example's agents as black boxes: what they look up for which conversation, with and without a model. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const EXAMPLE = resolve(__dirname, '..', '..', 'examples', 'travel');
const running: ChildProcess[] = [];

interface Message {
  readonly role: string;
  readonly content: string;
  readonly name?: string;
}

/** Starts a program of the example on a free port and resolves with its address. */
function start(program: string, environment: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, [join(EXAMPLE, program)], {
    env: { ...process.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  return new Promise((found, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`${program} ended with code ${code}`)));
    child.stderr?.on('data', (text: Buffer) => {
      const address = /listening on (\S+)/.exec(text.toString())?.[1];
      if (address !== undefined) found(address);
    });
  });
}

async function ask(address: string, messages: readonly Message[], extra: object = {}): Promise<Response> {
  return fetch(`${address}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ messages, ...extra }) });
}

async function answer(address: string, messages: readonly Message[]): Promise<{ model: string; text: string }> {
  const completion = (await (await ask(address, messages)).json()) as {
    model: string;
    choices: [{ message: { content: string } }];
  };
  return { model: completion.model, text: completion.choices[0].message.content };
}

const user = (content: string): Message => ({ role: 'user', content });

let weather = '';
let flights = '';
let weatherWithoutModel = '';

beforeAll(async () => {
  const standIn = await start('stand-in-model.mjs');
  const model = { MODEL_URL: `${standIn}/v1/chat/completions` };
  [weather, flights, weatherWithoutModel] = await Promise.all([
    start('agents/weather-agent.mjs', model),
    start('agents/flight-agent.mjs', model),
    start('agents/weather-agent.mjs', { MODEL_URL: 'http://127.0.0.1:1/' }),
  ]);
});

afterAll(() => running.forEach((child) => child.kill()));

describe('weather agent', () => {
  it.each([
    ['the city that is named', [user('What is the weather in Tokyo?')], 'Weather in Tokyo'],
    [
      '"there" as the destination',
      [user('Find flights from NYC to Paris and check the weather there')],
      'Weather in Paris',
    ],
    [
      '"there" from an earlier turn',
      [user('Fly me from Oslo to Rome'), { role: 'assistant', content: 'Done.' }, user('How is the weather there?')],
      'Weather in Rome',
    ],
    ['a question back when no city is known', [user('Will it rain?')], 'For which city'],
  ])('understands %s', async (_, messages, expected) => {
    expect((await answer(weather, messages)).text).toMatch(new RegExp(`^${expected}`));
  });

  it('puts what another agent found in this turn before its own', async () => {
    const found = { role: 'assistant', name: 'flight_agent', content: 'OA 1 flies to Lisbon.' };
    const { text } = await answer(weather, [found, user('Flights to Lisbon, and the weather there')]);
    expect(text).toMatch(/^OA 1 flies to Lisbon\. Weather in Lisbon: /);
  });

  it('gives the plain facts when no model answers, streamed or not', async () => {
    const messages = [user('Weather in Oslo')];
    expect(await answer(weatherWithoutModel, messages)).toMatchObject({ model: 'weather_agent' });
    const stream = await (await ask(weatherWithoutModel, messages, { stream: true })).text();
    expect(stream).toContain('Weather in Oslo');
    expect(stream).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('streams what the model streams', async () => {
    const response = await ask(weather, [user('Weather in Oslo')], { stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text()).split('\n\n').filter((event) => event.startsWith('data: '));
    expect(events.length).toBeGreaterThan(5);
    expect(events.at(-1)).toBe('data: [DONE]');
  });
});

describe('flight agent', () => {
  it.each([
    ['from A to B', [user('Flights from NYC to Paris')], 'New York (JFK) to Paris (CDG)'],
    ['to B from A', [user('I want to fly to Rome from Tokyo')], 'Tokyo (HND) to Rome (FCO)'],
    ['a trip over two turns', [user('I live in Berlin.'), user('Take me to Madrid')], 'Berlin (BER) to Madrid (MAD)'],
  ])('understands %s', async (_, messages, expected) => {
    const { model, text } = await answer(flights, messages);
    expect(text).toContain(`Flights from ${expected}: OA `);
    expect(model).toBe('claude-3-5-sonnet');
  });

  it.each([
    [[user('Book me something')], 'Where would you like to fly?'],
    [[user('I want to fly to Rome')], 'From which city'],
  ])('asks back: %j', async (messages, expected) => {
    expect((await answer(flights, messages)).text).toContain(expected);
  });

  it('refuses what is not a conversation', async () => {
    expect((await ask(flights, [])).status).toBe(400);
    expect((await fetch(`${flights}/v1/chat/completions`, { method: 'POST', body: '{' })).status).toBe(400);
    expect((await fetch(`${flights}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${flights}/healthz`)).status).toBe(200);
  });
});
