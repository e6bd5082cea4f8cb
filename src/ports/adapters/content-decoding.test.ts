import * as zlib from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { decodeBody } from './content-decoding';

const LIMIT = 100_000;
const text = Buffer.from('Grüße aus Köln 🚄'.repeat(1_000));

describe('decodeBody', () => {
  it.each([
    ['gzip', zlib.gzipSync(text)],
    ['x-gzip', zlib.gzipSync(text)],
    ['GZIP', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['deflate', zlib.deflateRawSync(text)],
    ['br', zlib.brotliCompressSync(text)],
    ['zstd', zlib.zstdCompressSync(text)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text))],
    ['identity', text],
    ['', text],
    [undefined, text],
  ])('undoes %s', async (encoding, body) => {
    expect((await decodeBody(body, encoding, LIMIT)).equals(text)).toBe(true);
  });

  it('takes an empty body whatever its encoding', async () => {
    expect(await decodeBody(Buffer.alloc(0), 'gzip', LIMIT)).toHaveLength(0);
  });

  it('lets exactly the limit through', async () => {
    expect(await decodeBody(zlib.gzipSync(Buffer.alloc(LIMIT)), 'gzip', LIMIT)).toHaveLength(LIMIT);
  });

  const bomb = Buffer.alloc(LIMIT + 1);
  it.each([
    ['gzip', zlib.gzipSync(bomb)],
    ['deflate', zlib.deflateSync(bomb)],
    ['deflate', zlib.deflateRawSync(bomb)],
    ['br', zlib.brotliCompressSync(bomb)],
    ['zstd', zlib.zstdCompressSync(bomb)],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(bomb))],
  ])('stops a %s body that would grow over the limit', async (encoding, body) => {
    await expect(decodeBody(body, encoding, LIMIT)).rejects.toThrow('is larger than 100000 bytes once decompressed');
  });

  it.each([
    ['gzip', Buffer.from('plain'), 'is not valid gzip data'],
    ['gzip', zlib.gzipSync(text).subarray(0, 50), 'is not valid gzip data'],
    ['br', zlib.brotliCompressSync(text).subarray(0, 20), 'is not valid br data'],
    ['zstd', zlib.zstdCompressSync(text).subarray(0, 20), 'is not valid zstd data'],
    ['compress', text, 'has the unknown content-encoding "compress"'],
    ['gzip,gzip,gzip,gzip', text, 'is encoded too many times'],
  ])('refuses bad %s data', async (encoding, body, message) => {
    await expect(decodeBody(body, encoding, LIMIT)).rejects.toThrow(message);
  });
});
