import { EventStreamCodec } from '@smithy/eventstream-codec';
import { awsError } from '../aws-error';
import { neutralError } from '../error-shape';
import { GatewayError } from '../errors';
import { asString, isObject } from '../json/read';
import type { EventFraming, FramedEvent } from './event-framing';

/** Length of the message with everything around it, at its start. */
const LENGTH_BYTES = 4;

/** AWS allows payloads of 24 MB and headers of 128 kB. */
const LARGEST_MESSAGE_BYTES = 25 * 1024 * 1024;

/** InvokeModel wraps the vendor's own events in this one. */
const WRAPPED_EVENT = 'chunk';

const DAMAGED = neutralError(new GatewayError('upstream_malformed', 'The upstream sent a damaged event.'));

type AwsMessage = ReturnType<EventStreamCodec['decode']>;

const codec = new EventStreamCodec(
  (input) => Buffer.from(input).toString('utf8'),
  (input) => Buffer.from(input, 'utf8'),
);

/**
 * AWS's binary framing (application/vnd.amazon.eventstream): length-prefixed messages with checksums. The payload of an
 * event is JSON; what InvokeModel wraps as base64 is unwrapped. Messages of type `exception` and `error` become errors.
 */
export class AwsEventStreamDecoder implements EventFraming {
  private chunks: Buffer[] = [];
  private heldBytes = 0;
  private neededBytes = LENGTH_BYTES;
  private isBroken = false;

  push(chunk: Buffer): readonly FramedEvent[] {
    if (this.isBroken) return [];
    this.chunks.push(chunk);
    this.heldBytes += chunk.length;
    // Bytes are joined when a message is complete, not with every chunk: many small chunks must not cost a square.
    return this.heldBytes < this.neededBytes ? [] : this.readMessages(Buffer.concat(this.chunks));
  }

  /** A message that is not complete is worth nothing: its checksum is missing. */
  end(): readonly FramedEvent[] {
    return [];
  }

  private readMessages(bytes: Buffer): readonly FramedEvent[] {
    const events: FramedEvent[] = [];
    let rest = bytes;
    for (;;) {
      this.neededBytes = rest.length < LENGTH_BYTES ? LENGTH_BYTES : rest.readUInt32BE(0);
      const isComplete = rest.length >= LENGTH_BYTES && rest.length >= this.neededBytes;
      if (!isComplete && this.neededBytes <= LARGEST_MESSAGE_BYTES) break;
      const message = isComplete ? decodeMessage(rest.subarray(0, this.neededBytes)) : undefined;
      if (message === undefined) {
        this.isBroken = true;
        return [...events, { error: DAMAGED }];
      }
      events.push(readMessage(message));
      rest = rest.subarray(this.neededBytes);
    }
    this.chunks = rest.length === 0 ? [] : [rest];
    this.heldBytes = rest.length;
    return events;
  }
}

function readMessage({ headers, body }: AwsMessage): FramedEvent {
  const payload = Buffer.from(body).toString('utf8');
  switch (headerText(headers, ':message-type')) {
    case 'exception':
      return { error: awsError(headerText(headers, ':exception-type'), payload) };
    case 'error':
      return { error: awsError(headerText(headers, ':error-code'), headerText(headers, ':error-message') ?? payload) };
    default: {
      const event = headerText(headers, ':event-type');
      const data = event === WRAPPED_EVENT ? unwrapped(payload) : payload;
      return event === undefined || event === WRAPPED_EVENT ? { data } : { event, data };
    }
  }
}

/** Undefined for a length, checksum or header that cannot be. */
function decodeMessage(bytes: Buffer): AwsMessage | undefined {
  try {
    return codec.decode(bytes);
  } catch {
    return undefined;
  }
}

function unwrapped(payload: string): string {
  const wrapper = parsed(payload);
  const bytes = isObject(wrapper) ? asString(wrapper['bytes']) : undefined;
  return bytes === undefined ? payload : Buffer.from(bytes, 'base64').toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function headerText(headers: AwsMessage['headers'], name: string): string | undefined {
  const header = headers[name];
  return header?.type === 'string' ? header.value : undefined;
}
