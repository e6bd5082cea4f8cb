import { describe, expect, it } from '@jest/globals';
import { createLexicalIndex } from './lexical';

describe('createLexicalIndex', () => {
  const index = createLexicalIndex(['booking flights and hotels', 'hotels and restaurants', 'W-2 forms and 401k']);

  it('counts words of one document more than words of several', () => {
    const [flight = 0] = index.overlap('flight please');
    const [hotelHere = 0, hotelThere = 0] = index.overlap('hotel please');
    expect(hotelHere).toBe(hotelThere);
    expect(flight).toBeGreaterThan(hotelHere);
  });

  it('meets inflected forms, exact codes and no stop words', () => {
    expect(index.overlap('can you book it')[0]).toBeGreaterThan(0);
    expect(index.overlap('roll over my 401k')).toEqual([0, 0, expect.any(Number)]);
    expect(index.overlap('what can you do for me')).toEqual([0, 0, 0]);
  });
});
