import { EventStreamCodec } from '@smithy/eventstream-codec';

/** One message of an AWS event stream as the fixtures write it down. */
export type AwsMessage =
  | { readonly event: string; readonly payload: unknown }
  /** An event of another vendor, wrapped as InvokeModel does. A string is sent as it is. */
  | { readonly chunk: unknown }
  | { readonly exception: string; readonly payload: unknown }
  /** An error below the service: code and message are headers. */
  | { readonly error: string; readonly message: string };

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
);

/** The bytes that Bedrock would send for it. */
export function awsMessage(message: AwsMessage): Buffer {
  if ('event' in message) return encoded({ ':message-type': 'event', ':event-type': message.event }, message.payload);
  if ('chunk' in message) {
    const text = typeof message.chunk === 'string' ? message.chunk : JSON.stringify(message.chunk);
    const payload = { bytes: Buffer.from(text).toString('base64'), p: 'abcdefgh' };
    return encoded({ ':message-type': 'event', ':event-type': 'chunk' }, payload);
  }
  if ('exception' in message) {
    return encoded({ ':message-type': 'exception', ':exception-type': message.exception }, message.payload);
  }
  return encoded({ ':message-type': 'error', ':error-code': message.error, ':error-message': message.message }, '');
}

function encoded(headers: Readonly<Record<string, string>>, payload: unknown): Buffer {
  const all = { ...headers, ':content-type': 'application/json' };
  return Buffer.from(
    codec.encode({
      headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { type: 'string', value }])),
      body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    }),
  );
}
