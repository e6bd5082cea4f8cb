import { CLIENT_HEADER_EXCEPTIONS, INTERNAL_HEADER_PREFIXES } from '../config/names';
import { because, extension, type EnvoyObject } from './resource';

/** Where a header that the client may send waits while its prefix is removed. */
const KEEP_PREFIX = 'outerloop-keep-';

/**
 * Removes the client's copies of internal headers before any filter reads them
 * (envoy.http.early_header_mutation.header_mutation; a removal on the virtual host would act after the filters).
 *
 * Envoy matches names by prefix or RE2, which has no "all but", so the names a client may send are copied aside first
 * and copied back afterwards. A client that sends such a copy itself gains nothing that it could not say openly.
 */
export function withoutInternalHeaders(): EnvoyObject {
  const aside = CLIENT_HEADER_EXCEPTIONS.map((name) => copy(name, KEEP_PREFIX + name));
  const removals = ['x-envoy-', ...INTERNAL_HEADER_PREFIXES].map(removePrefix);
  const back = CLIENT_HEADER_EXCEPTIONS.map((name) => copy(KEEP_PREFIX + name, name));
  return extension(
    'outerloop.without-internal-headers',
    'envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
    because(
      { mutations: [...aside, ...removals, ...back, removePrefix(KEEP_PREFIX)] },
      {
        mutations:
          'Clients must not be able to speak as the gateway. Names that are theirs to send step aside while their prefix is removed.',
      },
    ),
  );
}

/** Sets nothing when the source is absent, because an empty value is not added. */
function copy(from: string, to: string): EnvoyObject {
  return { append: { header: { key: to, value: `%REQ(${from})%` }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } };
}

function removePrefix(prefix: string): EnvoyObject {
  return { remove_on_match: { key_matcher: { prefix } } };
}
