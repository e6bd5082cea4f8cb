import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { DialectId, UpstreamApiId } from './api';
import { findDialect } from './dialect-registry';
import { neutralError } from './error-shape';
import { GatewayError } from './errors';
import { printSse, SseDecoder, type SseEvent } from './framing/sse';
import { createResponseTranslator } from './response';
import { findUpstreamApi } from './upstream-registry';

/** What a stand-in for an upstream says. */
export interface SampleAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface SampleAnswerOptions {
  readonly api: UpstreamApiId;
  /** The answer's whole text. */
  readonly text: string;
  readonly model: string;
  readonly stream: boolean;
}

const AWS_STREAM = 'application/vnd.amazon.eventstream';

/**
 * A good answer to a chat request, as an upstream of this API would give it. Made by the same codecs that translate
 * answers for clients, so every API that can be translated to can also be stood in for.
 * Throws GatewayError `unsupported_translation` for APIs that are no chat.
 */
export function sampleAnswer({ api, text, model, stream }: SampleAnswerOptions): SampleAnswer {
  const dialect = dialectOf(api);
  const translator = createResponseTranslator({
    client: dialect,
    upstream: 'openai.chat',
    requestModel: model,
    upstreamModel: model,
    stream,
    includeUsage: true,
    status: 200,
    contentType: stream ? 'text/event-stream' : 'application/json',
  });
  const source = stream ? chatStream(text, model) : chatAnswer(text, model);
  const body = Buffer.concat([translator.push(Buffer.from(source)), translator.end(false)]);
  return stream ? framed(api, new SseDecoder().push(body)) : { contentType: 'application/json', body };
}

/** A stream that holds nothing but the news that the upstream failed. */
export function sampleStreamError(api: UpstreamApiId): SampleAnswer {
  const error = neutralError(new GatewayError('overloaded', 'The stand-in fails on purpose.'));
  return framed(api, [findDialect(dialectOf(api)).renderStreamError(error)]);
}

function dialectOf(api: UpstreamApiId): DialectId {
  const { dialect } = findUpstreamApi(api, 'openai.chat');
  if (dialect === undefined) {
    throw new GatewayError('unsupported_translation', `There is no sample of an answer in ${api}.`);
  }
  return dialect;
}

function framed(api: UpstreamApiId, events: readonly SseEvent[]): SampleAnswer {
  const { framing } = findUpstreamApi(api, 'openai.chat');
  if (framing === undefined) {
    return { contentType: 'text/event-stream', body: Buffer.from(events.map(printSse).join('')) };
  }
  return { contentType: AWS_STREAM, body: Buffer.concat(events.map((event) => awsMessage(api, event))) };
}

const codec = new EventStreamCodec(
  (input) => Buffer.from(input).toString('utf8'),
  (input) => Buffer.from(input, 'utf8'),
);

/** InvokeModel wraps the vendor's events; Converse has its own, and errors are exceptions in both. */
function awsMessage(api: UpstreamApiId, { event, data }: SseEvent): Buffer {
  const failed = event?.endsWith('Exception') === true || event === 'error';
  const invoked = api.startsWith('bedrock.invoke.');
  const type = failed ? 'modelStreamErrorException' : invoked ? 'chunk' : (event ?? '');
  const body = invoked && !failed ? JSON.stringify({ bytes: Buffer.from(data).toString('base64') }) : data;
  const headers = {
    ':message-type': { type: 'string' as const, value: failed ? 'exception' : 'event' },
    [failed ? ':exception-type' : ':event-type']: { type: 'string' as const, value: type },
  };
  return Buffer.from(codec.encode({ headers, body: Buffer.from(body) }));
}

function chatAnswer(content: string, model: string): string {
  return JSON.stringify({
    id: 'chatcmpl-sample',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
}

function chatStream(text: string, model: string): string {
  const chunk = (choices: readonly object[], usage: object | null): string =>
    printSse({
      data: JSON.stringify({
        id: 'chatcmpl-sample',
        object: 'chat.completion.chunk',
        created: 1,
        model,
        choices,
        usage,
      }),
    });
  const choice = (delta: object, finish_reason: string | null): object => ({ index: 0, delta, finish_reason });
  return [
    chunk([choice({ role: 'assistant', content: '' }, null)], null),
    ...text.split(/(?<= )/).map((content) => chunk([choice({ content }, null)], null)),
    chunk([choice({}, 'stop')], null),
    chunk([], { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }),
    printSse({ data: '[DONE]' }),
  ].join('');
}
