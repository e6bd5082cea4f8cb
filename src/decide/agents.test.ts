import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ListenerAgentPlan } from '../config/plan';
import { createOnnxEncoder } from '../ports/adapters/encoder-onnx';
import type { Encoder } from '../ports/encoder';
import { createAgentChooser, type AgentChooser } from './agents';

const DATA = resolve(__dirname, '..', '..', 'bench', 'quality', 'data');

function agent(id: string, description: string, more: Partial<ListenerAgentPlan> = {}): ListenerAgentPlan {
  return { id, description, default: false, examples: [], inputFilters: [], ...more };
}

const WEATHER = agent('weather_agent', 'Gets real-time weather and forecasts for any city.\n');
const FLIGHTS = agent('flight_agent', 'Searches flights between airports with schedules.\n');
const user = (text: string): { role: string; text: string } => ({ role: 'user', text });

// The real encoder throughout: what is tested is the choice, not the arithmetic around it.
const encoder = createOnnxEncoder();
beforeAll(() => encoder.ready());
afterAll(() => encoder.close());

describe('the two agents of the travel example', () => {
  let chooser: AgentChooser;
  beforeAll(async () => {
    chooser = await createAgentChooser({ encoder, agents: [WEATHER, FLIGHTS] });
  });

  it.each([
    ['Find flights from NYC to Paris and check the weather there', 'flight_agent,weather_agent'],
    ['check the weather in Paris and find flights from NYC', 'weather_agent,flight_agent'],
    ['Book a flight to Paris. How is the weather there?', 'flight_agent,weather_agent'],
    ['flights and weather for Rome', 'flight_agent,weather_agent'],
    ['What is the weather in Oslo tomorrow?', 'weather_agent'],
    ['Any flights from Berlin to Rome on Friday?', 'flight_agent'],
    ['flights to Paris and back', 'flight_agent'],
    ['weather in Paris and London', 'weather_agent'],
    ['Is it sunny in Rome and warm in Naples?', 'weather_agent'],
    ['I am flying from Paris to NYC tomorrow, what will the weather be?', 'weather_agent'],
  ])('%s → %s', async (text, expected) => {
    const decision = await chooser.choose([user(text)]);
    expect(decision.agents.join()).toBe(expected);
    expect(decision.decidedBy).toBe('encoder');
  });

  it('explains itself with scores and never quotes the request', async () => {
    const decision = await chooser.choose([user('Any flights from Berlin to Rome on Friday?')]);
    expect(decision.scores.map(({ name }) => name)).toEqual(['flight_agent', 'weather_agent']);
    const [best, next] = decision.scores;
    expect(decision.margin).toBeCloseTo((best?.score ?? 0) - (next?.score ?? 0));
    expect(decision.reason).toMatch(/^flight_agent \(score 0\.\d\d\) fits .*weather_agent \(score 0\.\d\d\)\.$/);
    expect(decision.reason).not.toContain('Berlin');
  });

  it('decides the same for a request repeated inside a long document', async () => {
    const filler = 'Lorem ipsum dolor sit amet consectetur. '.repeat(20_000);
    const decision = await chooser.choose([user(`What is the weather in Oslo tomorrow?\n${filler}`)]);
    expect(decision.agents).toEqual(['weather_agent']);
  });
});

describe('the travel questions', () => {
  const agents = Object.entries(
    (JSON.parse(readFileSync(resolve(DATA, 'travel-agents.json'), 'utf8')) as { travel: Record<string, string> })
      .travel,
  ).map(([id, description]) => agent(id, description));
  const questions = readFileSync(resolve(DATA, 'travel-questions.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { messages: { role: string; content: string }[]; agents: string[] });

  it(`go to the right agents in the right order, at least 95 % of ${questions.length}`, async () => {
    const chooser = await createAgentChooser({ encoder, agents });
    const wrong: string[] = [];
    for (const { messages, agents: expected } of questions) {
      const decision = await chooser.choose(messages.map(({ role, content }) => ({ role, text: content })));
      if (decision.agents.join() !== expected.join())
        wrong.push(`${messages.at(-1)?.content}: ${decision.agents.join()}`);
    }
    expect(wrong.slice(Math.floor(questions.length * 0.05))).toEqual([]);
  });
});

describe('follow-ups', () => {
  it('read a short message together with the one before it', async () => {
    const chooser = await createAgentChooser({ encoder, agents: [WEATHER, FLIGHTS] });
    const decision = await chooser.choose([
      user('Any flights from Berlin to Rome on Friday?'),
      { role: 'assistant', text: 'Three, the first at 07:10.' },
      user('and on Saturday?'),
    ]);
    expect(decision.agents).toEqual(['flight_agent']);
    expect(decision.reason).toContain('read together with the message before it');
  });
});

describe('the default agent', () => {
  const general = agent('general_agent', 'Anything else.', { default: true });
  const choose = async (agents: ListenerAgentPlan[], conversation: { role: string; text: string }[]) =>
    (await createAgentChooser({ encoder, agents })).choose(conversation);

  it('answers what fits nobody', async () => {
    const decision = await choose(
      [WEATHER, FLIGHTS, general],
      [user('Prove that the square root of two is irrational.')],
    );
    expect(decision).toMatchObject({ agents: ['general_agent'], decidedBy: 'default' });
    expect(decision.reason).toContain('0.18 is needed');
  });

  it('is the first agent when none is marked', async () => {
    const decision = await choose([FLIGHTS, WEATHER], [user('Tell me a joke')]);
    expect(decision).toMatchObject({ agents: ['flight_agent'], decidedBy: 'default' });
  });

  it.each([
    ['no messages', []],
    ['no user', [{ role: 'assistant', text: 'What is the weather?' }]],
    ['blank text', [user(' \n ')]],
  ])('answers a conversation with %s', async (_, conversation) => {
    const decision = await choose([WEATHER, general], conversation);
    expect(decision).toMatchObject({ agents: ['general_agent'], decidedBy: 'default', scores: [], margin: 0 });
  });
});

describe('a failing encoder costs a choice, never a request', () => {
  it('says when the time is over', async () => {
    const chooser = await createAgentChooser({ encoder, agents: [FLIGHTS, WEATHER] });
    const decision = await chooser.choose([user('How warm will it be in Rome?')], AbortSignal.abort());
    expect(decision).toMatchObject({ agents: ['flight_agent'], decidedBy: 'default' });
    expect(decision.reason).toContain('did not answer in time');
  });

  it('says when it is overloaded or closed', async () => {
    const narrow = createOnnxEncoder({ maxQueued: 32 });
    const chooser = await createAgentChooser({ encoder: narrow, agents: [FLIGHTS, WEATHER] });
    const ask = (number: number) => chooser.choose([user(`How warm will it be in ${number} days?`)]);
    const decisions = await Promise.all(Array.from({ length: 100 }, (_, number) => ask(number)));
    const refused = decisions.filter(({ decidedBy }) => decidedBy === 'default');
    expect(refused.length).toBeGreaterThanOrEqual(60);
    expect(refused[0]?.reason).toContain('overloaded');
    expect(decisions.some(({ agents }) => agents[0] === 'weather_agent')).toBe(true);
    await narrow.close();
    expect((await ask(1_000)).reason).toContain('not_ready');
  });
});

describe('createAgentChooser', () => {
  it('asks nobody when there is only one agent', async () => {
    const untouched: Encoder = {
      ready: () => Promise.reject(new Error('used')),
      embed: () => Promise.reject(new Error('used')),
      close: () => Promise.resolve(),
      thresholds: encoder.thresholds,
    };
    const chooser = await createAgentChooser({ encoder: untouched, agents: [WEATHER] });
    const decision = await chooser.choose([user('Any flights?')]);
    expect(decision).toMatchObject({ agents: ['weather_agent'], decidedBy: 'only' });
  });

  it('refuses an empty list', async () => {
    await expect(createAgentChooser({ encoder, agents: [] })).rejects.toMatchObject({ code: 'no_agent' });
  });

  it('lets example requests decide where descriptions say nothing', async () => {
    const vague = (id: string, examples: string[]): ListenerAgentPlan => agent(id, 'Handles requests.', { examples });
    const chooser = await createAgentChooser({
      encoder,
      agents: [vague('team_a', ['I lost my card', 'My payment was declined']), vague('team_b', ['Play some jazz'])],
    });
    expect((await chooser.choose([user('put on a song by Nina Simone')])).agents).toEqual(['team_b']);
    expect((await chooser.choose([user('why was my card payment refused')])).agents).toEqual(['team_a']);
  });

  it('copes with 200 agents', async () => {
    const many = Array.from({ length: 198 }, (_, index) =>
      agent(`team_${index}`, `Answers mail of department ${index}.`),
    );
    const chooser = await createAgentChooser({ encoder, agents: [...many, WEATHER, FLIGHTS] });
    const decision = await chooser.choose([user('Find flights from NYC to Paris and check the weather there')]);
    expect(decision.agents).toEqual(['flight_agent', 'weather_agent']);
  }, 60_000);
});
