import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';
import { GatewayError } from '../wire/errors';

/** Decompresses a body that arrives in arbitrary cuts; inflating runs on the thread pool, not on the event loop. */
export interface Decompressor {
  push(chunk: Buffer, end: boolean): Promise<Buffer>;
  close(): void;
}

const FACTORIES: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * @param contentEncoding the header as received; undefined, empty or `identity` need nothing
 * @param maxBytes most bytes that may come out; more is refused (decompression bombs)
 * @returns undefined when the bytes are plain already
 */
export function createDecompressor(contentEncoding: string | undefined, maxBytes: number): Decompressor | undefined {
  const coding = contentEncoding?.trim().toLowerCase();
  if (coding === undefined || coding === '' || coding === 'identity') return undefined;
  const factory = FACTORIES[coding];
  if (factory === undefined) {
    throw new GatewayError(
      'upstream_malformed',
      `The upstream compressed its answer with "${coding}", which cannot be read.`,
    );
  }
  return new StreamDecompressor(factory(), maxBytes);
}

class StreamDecompressor implements Decompressor {
  private produced: Buffer[] = [];
  private producedBytes = 0;
  private failure: Error | undefined;

  constructor(
    private readonly stream: Transform,
    private readonly maxBytes: number,
  ) {
    stream.on('data', (bytes: Buffer) => {
      this.producedBytes += bytes.length;
      if (this.producedBytes > maxBytes) stream.destroy(new Error(`more than ${maxBytes} bytes after decompression`));
      else this.produced.push(bytes);
    });
    stream.on('error', (error) => (this.failure = error));
  }

  async push(chunk: Buffer, end: boolean): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      if (this.failure !== undefined) return resolve();
      const settle = (): void => {
        this.stream.off('error', settle);
        resolve();
      };
      this.stream.once('error', settle);
      if (end) {
        this.stream.once('end', settle);
        this.stream.end(chunk);
      } else {
        this.stream.write(chunk, settle);
      }
    });
    if (this.failure !== undefined) {
      throw new GatewayError('upstream_malformed', 'The compressed answer of the upstream is damaged.', {
        cause: this.failure,
      });
    }
    const bytes = Buffer.concat(this.produced);
    this.produced = [];
    return bytes;
  }

  close(): void {
    this.stream.destroy();
  }
}
