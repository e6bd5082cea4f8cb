import { createResponseTranslator } from '../wire';
import type { TranslateResponseContext } from '../wire/api';
import { UsageReader } from '../wire/usage-reader';
import { createDecompressor } from './decompress';
import type { ResponseHead } from './exchange';
import type { PassResponse, RewriteResponse } from './mutation';
import { needsReading } from './observed-usage';

/** The answer goes out as it came, with these headers. */
export function passThrough(set: Readonly<Record<string, string>>, remove: readonly string[]): PassResponse {
  return { kind: 'pass', headers: { set, remove } };
}

export interface RewriteOptions {
  readonly head: ResponseHead;
  readonly set: Readonly<Record<string, string>>;
  readonly context: TranslateResponseContext;
  /** Most bytes of a (decompressed) answer that are accepted. */
  readonly maxBytes: number;
  /** Complete answers: hold the headers until the body is known to be one. */
  readonly whole?: boolean;
}

/** The answer is translated while it streams; nothing is held longer than the wire format needs. */
export function rewriteAnswer({ head, set, context, maxBytes, whole = false }: RewriteOptions): RewriteResponse {
  const translator = createResponseTranslator(context);
  const decompressor = createDecompressor(head.headers.get('content-encoding'), maxBytes);
  const reader = needsReading(head) ? new UsageReader() : undefined;
  return {
    kind: 'rewrite',
    headers: {
      set: { ...set, 'content-type': translator.contentType },
      remove: ['content-length', 'content-encoding', 'transfer-encoding'],
    },
    async rewrite(chunk, end) {
      const plain = decompressor === undefined ? chunk : await decompressor.push(chunk, end);
      reader?.push(plain);
      const pieces: Buffer[] = [];
      if (plain.length > 0) pieces.push(translator.push(plain));
      if (end) pieces.push(translator.end(false));
      return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    },
    ...(reader === undefined ? {} : { usage: () => reader.end() }),
    ...(whole ? { statusAfter: () => translator.status } : {}),
  };
}
