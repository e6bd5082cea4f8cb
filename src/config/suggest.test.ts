import { describe, expect, it } from '@jest/globals';
import { enumerate, nearest } from './suggest';

describe('the nearest name', () => {
  it.each([
    ['lisners', ['listeners', 'filters', 'agents'], 'listeners'],
    ['prot', ['port', 'type', 'router'], 'port'],
    ['OpenAI', ['openai', 'openrouter'], 'openai'],
    ['acces_key', ['access_key', 'base_url'], 'access_key'],
    ['wether_agent', ['weather_agent', 'flight_agent'], 'weather_agent'],
    ['gpt-4', ['gpt-4o', 'claude'], 'gpt-4o'],
    ['temperature', ['model', 'name', 'headers'], undefined],
    ['x', ['y'], undefined],
    ['anything', [], undefined],
  ])('to %s among %j is %s', (written, candidates, expected) => {
    expect(nearest(written, candidates)).toBe(expected);
  });
});

describe('lists of names', () => {
  it.each([
    [['a'], '`a`'],
    [['a', 'b'], '`a` or `b`'],
    [['a', 'b', 'c'], '`a`, `b` or `c`'],
    [Array.from({ length: 14 }, (_, index) => `n${index}`), expect.stringMatching(/`n11` or 2 more$/)],
  ])('%j', (names, expected) => {
    expect(enumerate(names)).toEqual(expected);
  });
});
