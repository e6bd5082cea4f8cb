import { describe, expect, it } from '@jest/globals';
import { splitClauses } from './clauses';

describe('splitClauses', () => {
  it.each<[string, [string, string][]]>([
    ['What is the weather in Oslo tomorrow?', [['sentence', 'What is the weather in Oslo tomorrow']]],
    [
      'Find flights from NYC to Paris and check the weather there',
      [
        ['sentence', 'Find flights from NYC to Paris'],
        ['list', 'check the weather there'],
      ],
    ],
    [
      'Book a room, then a table. Also, how is the weather?',
      [
        ['sentence', 'Book a room'],
        ['sequence', 'a table'],
        ['sequence', 'how is the weather'],
      ],
    ],
    [
      'flights, hotels, and after that weather & news',
      [
        ['sentence', 'flights'],
        ['list', 'hotels'],
        ['sequence', 'weather'],
        ['list', 'news'],
      ],
    ],
    ['Sandy and then', [['sentence', 'Sandy']]],
    ['transfer 1,000 dollars at 3.5 percent', [['sentence', 'transfer 1,000 dollars at 3.5 percent']]],
    ['Okay, show me flights, please', [['sentence', 'show me flights']].map(([, text]) => ['list', text ?? ''])],
    ['Thanks!', [['sentence', 'Thanks!']]],
    ['  ', [['sentence', '']]],
  ])('%s', (text, expected) => {
    expect(splitClauses(text).map((clause) => [clause.boundary, clause.text])).toEqual(expected);
  });

  it.each([
    ['what does it cost', { request: true, refersBack: true }],
    ["I'd like a table for two", { request: true, refersBack: false }],
    ['please find a hotel', { request: true }],
    ['has the peso fallen', { request: true }],
    ['has no stops', { request: false }],
    ['free breakfast in Dubai', { request: false, single: false }],
    ['weather', { request: false, single: true }],
    ['but the card was declined', { continues: true }],
    ['if I exchange money', { introduces: true, request: false }],
    ['when I land', { introduces: true, request: false }],
    ['when does it land', { introduces: false, request: true }],
  ])('reads "%s"', (text, expected) => expect(splitClauses(text)[0]).toMatchObject(expected));

  it.each([
    ['spaces', ' '.repeat(1_200)],
    ['commas', ','.repeat(1_200)],
    ['commas and spaces', ' , '.repeat(400)],
    ['pleasantries', `${'okay '.repeat(240)}x`],
    ['connectors', ' and then also'.repeat(80)],
    ['question marks', '?'.repeat(1_200)],
    ['line breaks', ' \n\t'.repeat(400)],
    ['wishes', 'i really just also '.repeat(60)],
  ])('is quick on nothing but %s', (_, text) => {
    const start = performance.now();
    splitClauses(text);
    expect(performance.now() - start).toBeLessThan(50);
  });
});
