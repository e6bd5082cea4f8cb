import { AnswerCollector } from './answer-collector';
import { cutShort, formOf, isError, malformed, readJsonAnswer, StreamReader } from './answer-reader';
import type { ResponseTranslator, TranslateResponseContext } from './api';
import { codecsBetween, findDialect } from './dialect-registry';
import type { NeutralError } from './error-shape';
import { printSse } from './framing/sse';
import { HeldBytes } from './held-bytes';
import { printJson } from './json/raw';
import type { Answer } from './message';
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
    this.contentType = context.contentType ?? JSON_TYPE;
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

/** An answer that failed: the upstream's status and words in the caller's envelope. */
export class ErrorAnswer implements ResponseTranslator {
  readonly contentType = JSON_TYPE;
  readonly status: number;
  private readonly held = new HeldBytes(MAX_ERROR_BYTES);

  constructor(private readonly context: TranslateResponseContext) {
    this.status = context.status;
  }

  push(chunk: Buffer): Buffer {
    this.held.add(chunk);
    return NOTHING;
  }

  end(): Buffer {
    return printError(this.context, readUpstreamError(this.status, this.held.all()));
  }
}

/** A complete answer, translated when its last byte is here. */
export class BufferedAnswer implements ResponseTranslator {
  readonly contentType = JSON_TYPE;
  readonly status: number;
  private readonly held = new HeldBytes();

  constructor(private readonly context: TranslateResponseContext) {
    this.status = context.status;
  }

  push(chunk: Buffer): Buffer {
    this.held.add(chunk);
    return NOTHING;
  }

  end(cut: boolean): Buffer {
    const { context } = this;
    const result = this.read(cut);
    if (isError(result)) return printError(context, result);
    const { target } = codecsBetween(context.upstream, context.client);
    return Buffer.from(printJson(target.encodeAnswer(result, context)), 'utf8');
  }

  private read(cut: boolean): Answer | NeutralError {
    if (this.held.overflowed) return malformed('The upstream sent an answer that is too large.');
    const { source } = codecsBetween(this.context.upstream, this.context.client);
    const body = this.held.all();
    const form = formOf(body);
    if (form === 'undecided') return malformed('The answer of the upstream was empty.');
    if (form === 'events') return this.collect(new StreamReader(source, this.context.toolNames), body, cut);
    const result = readJsonAnswer(body, source, this.context);
    return cut && isError(result) ? cutShort() : result;
  }

  private collect(reader: StreamReader, body: Buffer, cut: boolean): Answer | NeutralError {
    const collector = new AnswerCollector();
    for (const part of [...reader.push(body), ...reader.end(cut)]) {
      if (part.type === 'error') return part.error;
      collector.add(part);
    }
    return collector.answer();
  }
}

function printError(context: TranslateResponseContext, error: NeutralError): Buffer {
  return Buffer.from(JSON.stringify(findDialect(context.client).renderError(error)), 'utf8');
}
