import { answerToParts } from './answer-parts';
import {
  formOf,
  isCompleteArray,
  isError,
  malformed,
  readJsonAnswer,
  StreamReader,
  type BodyForm,
} from './answer-reader';
import type { ResponseTranslator, TranslateResponseContext } from './api';
import type { DialectCodec, StreamEncoder } from './dialect';
import { printSse } from './framing/sse';
import { HeldBytes } from './held-bytes';
import type { StreamPart } from './stream-part';

const NOTHING = Buffer.alloc(0);

/** A streamed answer, translated while it comes. An upstream that answers JSON instead is turned into a stream. */
export class StreamedAnswer implements ResponseTranslator {
  readonly contentType = 'text/event-stream';
  readonly status: number;
  private readonly source: DialectCodec;
  private readonly encoder: StreamEncoder;
  private readonly reader: StreamReader;
  private readonly held = new HeldBytes();
  private form: BodyForm = 'undecided';

  constructor(
    private readonly context: TranslateResponseContext,
    codecs: { readonly upstream: DialectCodec; readonly client: DialectCodec },
  ) {
    this.status = context.status;
    this.source = codecs.upstream;
    this.encoder = codecs.client.createStreamEncoder(context);
    this.reader = new StreamReader(codecs.upstream, context.toolNames);
  }

  push(chunk: Buffer): Buffer {
    if (this.form === 'undecided') this.form = formOf(chunk);
    if (this.form === 'json') {
      this.held.add(chunk);
      return NOTHING;
    }
    return this.print(this.reader.push(chunk));
  }

  end(cut: boolean): Buffer {
    return this.print(this.form === 'json' ? this.jsonParts(cut) : this.reader.end(cut));
  }

  private jsonParts(cut: boolean): readonly StreamPart[] {
    if (this.held.overflowed)
      return [{ type: 'error', error: malformed('The upstream sent an answer that is too large.') }];
    const body = this.held.all();
    if (isCompleteArray(body)) return [...this.reader.pushArray(body), ...this.reader.end(cut)];
    const result = readJsonAnswer(body, this.source, this.context);
    if (!isError(result)) return answerToParts(result);
    return cut ? this.reader.end(true) : [{ type: 'error', error: result }];
  }

  private print(parts: readonly StreamPart[]): Buffer {
    let text = '';
    for (const part of parts) {
      for (const event of this.encoder.encode(part)) text += printSse(event);
    }
    return text === '' ? NOTHING : Buffer.from(text, 'utf8');
  }
}
