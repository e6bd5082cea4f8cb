import { describe, expect, it } from '@jest/globals';
import { capabilityPhrases, describeAgent, humaniseName } from './phrases';

describe('humaniseName', () => {
  it.each([
    ['weather_agent', 'weather agent'],
    ['weather-agent', 'weather agent'],
    ['WeatherAgent', 'Weather Agent'],
    ['team.flights_v2', 'team flights v2'],
  ])('%s → %s', (name, words) => expect(humaniseName(name)).toBe(words));
});

describe('capabilityPhrases', () => {
  it.each([
    ['an empty description leaves the name', 'weather_agent', '', ['weather agent']],
    [
      'conjunctions are cut, and the uncut item is kept',
      'weather_agent',
      'Gets real-time weather and forecasts for any city.\n',
      [
        'weather agent',
        'Gets real-time weather and forecasts for any city',
        'Gets real-time weather',
        'forecasts for any city',
      ],
    ],
    [
      'the heading counts, its filler does not',
      'cards',
      'Answers questions about credit cards: limits, lost or stolen cards, and APR.',
      ['cards', 'credit cards', 'limits', 'lost or stolen cards', 'APR', 'lost', 'stolen cards'],
    ],
    [
      'abbreviations and numbers are not cut at their dots',
      'tax',
      'Helps with version 1.5 of form W-2; payday',
      ['tax', 'version 1.5 of form W-2', 'payday'],
    ],
  ])('%s', (_, name, description, phrases) => expect(capabilityPhrases(name, description)).toEqual(phrases));

  it('is bounded for a description of 10 kB', () => {
    const description = Array.from({ length: 1_000 }, (_, index) => `skill ${index}`).join(', ');
    expect(capabilityPhrases('agent', description)).toHaveLength(48);
    expect(describeAgent('agent', description).length).toBeLessThan(4_100);
  });
});
