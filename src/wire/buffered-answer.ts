import { AnswerCollector } from './answer-collector';
import { cutShort, formOf, isCompleteArray, isError, malformed, readJsonAnswer, StreamReader } from './answer-reader';
import type { ResponseTranslator, TranslateResponseContext } from './api';
import type { DialectCodec } from './dialect';
import { findDialect } from './dialect-registry';
import { neutralError, type NeutralError } from './error-shape';
import { GatewayError } from './errors';
import { printSse } from './framing/sse';
import { HeldBytes } from './held-bytes';
import { parseAnswerBody } from './json/body';
import { printJson } from './json/raw';
import type { Answer } from './message';
import type { StreamPart } from './stream-part';
import type { DirectTranslation } from './upstream-api';
import { readUpstreamError } from './upstream-error';

const JSON_TYPE = 'application/json';
const NOTHING = Buffer.alloc(0);

/** Error bodies are short; what a broken upstream adds is not worth holding. */
const MAX_ERROR_BYTES = 1024 * 1024;

/** Same API on both sides: not a byte changes. Only a broken stream gets an event at its end that says so. */
export class PassedAnswer implements ResponseTranslator {
  readonly contentType: string;
  readonly status: number;

  constructor(private readonly context: TranslateResponseContext) {
    this.contentType = context.contentType ?? (context.stream ? 'text/event-stream' : JSON_TYPE);
    this.status = context.status;
  }

  push(chunk: Buffer): Buffer {
    return chunk;
  }

  end(cut: boolean): Buffer {
    const isStream = this.contentType.toLowerCase().includes('event-stream');
    if (!cut || !isStream) return NOTHING;
    return Buffer.from(printSse(findDialect(this.context.client).renderStreamError(cutShort())), 'utf8');
  }
}

/**
 * An answer that failed: the upstream's status and words in the caller's envelope. An upstream of the caller's own API
 * (`isNative`) usually has written that envelope already; then its bytes stay.
 */
export class ErrorAnswer implements ResponseTranslator {
  readonly contentType = JSON_TYPE;
  readonly status: number;
  private readonly held = new HeldBytes(MAX_ERROR_BYTES);

  constructor(
    private readonly context: TranslateResponseContext,
    private readonly isNative: boolean,
  ) {
    this.status = context.status;
  }

  push(chunk: Buffer): Buffer {
    this.held.add(chunk);
    return NOTHING;
  }

  end(): Buffer {
    const body = this.held.all();
    if (this.isNative && this.isOwnError(body)) return body;
    return printError(this.context, readUpstreamError(this.status, body, this.context.responseHeaders));
  }

  private isOwnError(body: Buffer): boolean {
    const parsed = parseAnswerBody(body);
    if (parsed === undefined) return false;
    return findDialect(this.context.client).isOwnError?.(parsed) ?? true;
  }
}

/**
 * A complete answer, translated when its last byte is here. When it turns out to be no answer, `status` says so from `end`
 * on, for callers that have not sent one yet.
 */
export class BufferedAnswer implements ResponseTranslator {
  readonly contentType = JSON_TYPE;
  private readonly held = new HeldBytes();
  private failure: NeutralError | undefined;

  constructor(
    private readonly context: TranslateResponseContext,
    private readonly codecs: { readonly upstream: DialectCodec; readonly client: DialectCodec },
  ) {}

  get status(): number {
    return this.failure?.status ?? this.context.status;
  }

  push(chunk: Buffer): Buffer {
    this.held.add(chunk);
    return NOTHING;
  }

  end(cut: boolean): Buffer {
    const { context } = this;
    const result = this.read(cut);
    if (isError(result)) {
      this.failure = result;
      return printError(context, result);
    }
    return Buffer.from(printJson(this.codecs.client.encodeAnswer(result, context)), 'utf8');
  }

  private read(cut: boolean): Answer | NeutralError {
    if (this.held.overflowed) return malformed('The upstream sent an answer that is too large.');
    const body = this.held.all();
    const form = formOf(body);
    if (form === 'undecided') return malformed('The answer of the upstream was empty.');
    const reader = new StreamReader(this.codecs.upstream, this.context.toolNames);
    if (form !== 'json') return collect([...reader.push(body), ...reader.end(cut)]);
    if (isCompleteArray(body)) return collect([...reader.pushArray(body), ...reader.end(cut)]);
    const result = readJsonAnswer(body, this.codecs.upstream, this.context);
    return cut && isError(result) ? cutShort() : result;
  }
}

function collect(parts: readonly StreamPart[]): Answer | NeutralError {
  const collector = new AnswerCollector();
  for (const part of parts) {
    if (part.type === 'error') return part.error;
    collector.add(part);
  }
  return collector.answer();
}

/**
 * A complete answer of an API without a neutral model (embeddings, rerank), translated when its last byte is here. When
 * it turns out to be no answer, `status` says so from `end` on, for callers that have not sent one yet.
 */
export class DirectAnswer implements ResponseTranslator {
  readonly contentType = JSON_TYPE;
  private readonly held = new HeldBytes();
  private failure: NeutralError | undefined;

  constructor(
    private readonly context: TranslateResponseContext,
    private readonly direct: DirectTranslation,
  ) {}

  get status(): number {
    return this.failure?.status ?? this.context.status;
  }

  push(chunk: Buffer): Buffer {
    this.held.add(chunk);
    return NOTHING;
  }

  end(cut: boolean): Buffer {
    const body = this.held.overflowed ? undefined : parseAnswerBody(this.held.all());
    if (body === undefined) return this.fail(cut ? cutShort() : UNREADABLE);
    try {
      return Buffer.from(printJson(this.direct.answer(body, this.context)), 'utf8');
    } catch (reason) {
      return this.fail(neutralError(GatewayError.from(reason)));
    }
  }

  private fail(error: NeutralError): Buffer {
    this.failure = error;
    return printError(this.context, error);
  }
}

const UNREADABLE = malformed('The answer of the upstream could not be read.');

function printError(context: TranslateResponseContext, error: NeutralError): Buffer {
  return Buffer.from(JSON.stringify(findDialect(context.client).renderError(error)), 'utf8');
}
