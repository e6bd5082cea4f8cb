import { expect, it } from '@jest/globals';
import { VectorCache } from './vector-cache';

it('lets the least recently used vector go', () => {
  const cache = new VectorCache(2);
  const vector = Float32Array.of(1);
  cache.set('a', vector);
  cache.set('b', vector);
  expect(cache.get('a')).toBe(vector);
  cache.set('c', vector);
  expect(cache.get('b')).toBeUndefined();
  expect(cache.get('a')).toBe(vector);
  expect(cache.get('c')).toBe(vector);
});
