import { expect, it } from '@jest/globals';
import { CA_BUNDLES, findCaBundle } from './ca-bundle';

it.each(CA_BUNDLES)('finds %s where it is the only one', (bundle) => {
  expect(findCaBundle((file) => file === bundle)).toBe(bundle);
});

it('names the most common place when there is none, so that Envoy fails instead of trusting everybody', () => {
  expect(findCaBundle(() => false)).toBe('/etc/ssl/certs/ca-certificates.crt');
});
