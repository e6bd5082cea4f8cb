import type { LimitsPlan } from '../config/plan';
import { because, extension, type EnvoyObject } from './resource';

/** envoy.filters.http.body_size_limit: a request that grows beyond the limit gets a 413. */
export function bodyLimit({ maxRequestBytes }: LimitsPlan): EnvoyObject {
  return extension(
    'outerloop.body-limit',
    'envoy.extensions.filters.http.body_size_limit.v3.BodySizeLimit',
    because(
      { max_request_bytes: maxRequestBytes },
      {
        max_request_bytes:
          'overrides.max_request_bytes. The buffer limit of the virtual host cannot be below that of the listener, which has to hold whole answers.',
      },
    ),
  );
}
