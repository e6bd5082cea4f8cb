import { formOf, type BodyForm } from './answer-reader';
import { AwsEventStreamDecoder } from './framing/aws-event-stream';
import type { EventFraming, FramedEvent } from './framing/event-framing';
import { SseDecoder } from './framing/sse';
import { bodyText } from './json/body';
import { parseJson } from './json/raw';
import { asFilled, asObject, asObjects, isObject, type JsonObject } from './json/read';
import { isErrorBody } from './upstream-error';

/**
 * `wait`: nothing of the answer itself came yet · `token`: the answer has begun (or is complete) · `error`: the upstream
 * said with status 200 that it failed, or what it sent is damaged.
 */
export type FirstTokenVerdict = 'wait' | 'token' | 'error';

/** An answer that says nothing for so long is let go: what is held back is held in memory, here and in Envoy. */
export const MAX_HELD_BYTES = 262_144;

/** Events of Anthropic, OpenAI's Responses, Bedrock Converse and Cohere that announce an answer without beginning it. */
const ANNOUNCEMENTS: ReadonlySet<string> = new Set([
  'ping',
  'message_start',
  'messageStart',
  'message-start',
  'content-start',
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
]);

/**
 * Reads the beginning of an answer with status 200, in any API, to learn whether it is one. The shape of the events
 * decides, so that it works for APIs that are only passed through. A complete JSON answer is read to its end.
 */
export class FirstTokenReader {
  private form: BodyForm = 'undecided';
  private framing: EventFraming | undefined;
  private readonly held: Buffer[] = [];
  private heldBytes = 0;

  /** Cuts may fall anywhere. Not to be called again after a verdict other than `wait`. */
  push(chunk: Buffer): FirstTokenVerdict {
    this.heldBytes += chunk.length;
    this.held.push(chunk);
    if (this.form === 'undecided') this.form = formOf(Buffer.concat(this.held));
    const verdict = this.form === 'events' || this.form === 'aws-events' ? this.pushEvents() : 'wait';
    return verdict === 'wait' && this.heldBytes > MAX_HELD_BYTES ? 'token' : verdict;
  }

  /** The answer ended while it was waited for. */
  end(): 'token' | 'error' {
    if (this.form === 'json') return isAnswerDocument(bodyText(Buffer.concat(this.held))) ? 'token' : 'error';
    const verdict = this.framing === undefined ? 'wait' : judgeAll(this.framing.end());
    return verdict === 'token' ? 'token' : 'error';
  }

  private pushEvents(): FirstTokenVerdict {
    this.framing ??= this.form === 'aws-events' ? new AwsEventStreamDecoder() : new SseDecoder();
    const bytes = Buffer.concat(this.held.splice(0));
    return judgeAll(this.framing.push(bytes));
  }
}

function judgeAll(events: readonly FramedEvent[]): FirstTokenVerdict {
  for (const event of events) {
    const verdict = judge(event);
    if (verdict !== 'wait') return verdict;
  }
  return 'wait';
}

function judge(event: FramedEvent): FirstTokenVerdict {
  if ('error' in event || event.event === 'error') return 'error';
  if (event.data === '[DONE]') return 'token';
  const body = readObject(event.data);
  if (body === undefined) return 'error';
  const type = asFilled(body['type']) ?? event.event;
  if (isErrorBody(body) || type === 'response.failed' || endsInError(type, body)) return 'error';
  if (type !== undefined && ANNOUNCEMENTS.has(type)) return 'wait';
  if (type === 'content_block_start') return opensText(asObject(body['content_block'])) ? 'wait' : 'token';
  if (Array.isArray(body['choices'])) return asObjects(body['choices']).some(choiceHasContent) ? 'token' : 'wait';
  return 'token';
}

/** Cohere says it with its usual last event. */
function endsInError(type: string | undefined, body: JsonObject): boolean {
  const reason = asFilled(asObject(body['delta'])?.['finish_reason']);
  return type === 'message-end' && (reason === 'ERROR' || reason === 'TIMEOUT');
}

/** Text and thinking open empty; a tool call opens with its name. */
function opensText(block: JsonObject | undefined): boolean {
  return block?.['type'] === 'text' || block?.['type'] === 'thinking';
}

/** OpenAI's first chunk holds the role alone. */
function choiceHasContent(choice: JsonObject): boolean {
  if (asFilled(choice['finish_reason']) !== undefined || asFilled(choice['text']) !== undefined) return true;
  return Object.entries(asObject(choice['delta']) ?? {}).some(([key, value]) => key !== 'role' && !isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A JSON answer is whole and no error; an array is a stream in another dress, whose first element decides. */
function isAnswerDocument(text: string): boolean {
  try {
    const value = parseJson(text);
    const first = Array.isArray(value) ? (value[0] as unknown) : value;
    return isObject(first) && !isErrorBody(first);
  } catch {
    return false;
  }
}

function readObject(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
