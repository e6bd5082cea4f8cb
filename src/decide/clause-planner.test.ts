import { describe, expect, it } from '@jest/globals';
import { rankingOf } from './agent-profile';
import { planClauses } from './clause-planner';
import { splitClauses } from './clauses';

const ACCEPT = 0.2;
const AGENTS = ['flights', 'weather', 'hotels'];

/** Plans a text whose clauses got these scores (flights, weather, hotels), in order. */
function plan(text: string, scores: readonly (readonly number[])[]): string[] {
  const clauses = splitClauses(text);
  expect(clauses).toHaveLength(scores.length);
  const ranked = clauses.map((clause, index) => ({ clause, ranking: rankingOf(scores[index] ?? []) }));
  return planClauses(ranked, ACCEPT).map((job) => AGENTS[job.best] ?? '');
}

const FLIGHTS = [0.5, 0.1, 0.1];
const WEATHER = [0.1, 0.5, 0.1];
const HOTELS = [0.1, 0.1, 0.5];
const UNSURE_WEATHER = [0.3, 0.35, 0.1];
const UNKNOWN = [0.1, 0.19, 0.1];

describe('planClauses', () => {
  it.each<[string, string, number[][], string[]]>([
    ['two plain requests', 'find flights and check the weather', [FLIGHTS, WEATHER], ['flights', 'weather']],
    ['order is kept', 'check the weather and find flights', [WEATHER, FLIGHTS], ['weather', 'flights']],
    [
      'three',
      'find flights, book a hotel and check the weather',
      [FLIGHTS, HOTELS, WEATHER],
      ['flights', 'hotels', 'weather'],
    ],
    ['the same agent twice in a row is one job', 'find flights and show fares', [FLIGHTS, FLIGHTS], ['flights']],
    ['a place is no request', 'flights to Paris and southern Spain', [FLIGHTS, UNSURE_WEATHER], ['flights']],
    ['a clear thing is one', 'flights to Paris and sunny days', [FLIGHTS, WEATHER], ['flights', 'weather']],
    ['a lone word needs a clear lead', 'flights to Paris and back', [FLIGHTS, UNSURE_WEATHER], ['flights']],
    ['a lone word with a clear lead', 'flights and weather', [FLIGHTS, WEATHER], ['flights', 'weather']],
    [
      'an announced step needs little',
      'find flights, then look outside',
      [FLIGHTS, UNSURE_WEATHER],
      ['flights', 'weather'],
    ],
    ['what nobody understands is no job', 'find flights and then do magic', [FLIGHTS, UNKNOWN], ['flights']],
    ['speaking of the same thing', 'find flights and tell me if it helps', [FLIGHTS, UNSURE_WEATHER], ['flights']],
    ['a story goes on', 'I was in Rome. It was hot there', [FLIGHTS, UNSURE_WEATHER], ['flights']],
    [
      'a condition waits for its main clause',
      'If I fly on Monday, what is the weather',
      [FLIGHTS, WEATHER],
      ['flights'],
    ],
    ['an opposition goes on', 'find flights, but check the weather', [FLIGHTS, WEATHER], ['flights']],
    ['the surer part leads a job', 'something in Rome, how warm is it', [UNKNOWN, WEATHER], ['weather']],
  ])('%s', (_, text, scores, expected) => expect(plan(text, scores)).toEqual(expected));

  it('plans nothing for nothing', () => expect(planClauses([], ACCEPT)).toEqual([]));
});
