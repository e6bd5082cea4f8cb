import type { DialectId, WireErrors } from './api';
import { findDialect } from './dialect-registry';
import { neutralError } from './error-shape';
import type { GatewayError } from './errors';
import { printSse } from './framing/sse';

/** Errors of our own as whole answers. */
export const wireErrors: WireErrors = {
  render(client, error) {
    const retryAfter = error.retryAfterSeconds;
    return {
      status: error.status,
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(findDialect(client).renderError(neutralError(error))), 'utf8'),
      headers: retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) },
    };
  },
};

/** An error after the status line is out: the last bytes of a stream, in the caller's dialect. */
export function renderStreamError(client: DialectId, error: GatewayError): Buffer {
  return Buffer.from(printSse(findDialect(client).renderStreamError(neutralError(error))), 'utf8');
}
