import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createDecompressor } from './decompress';

const TEXT = Buffer.from('Grüße 東京 🚄 '.repeat(500));

describe('createDecompressor', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['zstd', zstdCompressSync(TEXT)],
    ['GZIP', gzipSync(TEXT)],
  ])('reads %s in pieces of three bytes', async (coding, bytes) => {
    const decompressor = createDecompressor(coding, 1_000_000);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 3) {
      pieces.push((await decompressor?.push(bytes.subarray(at, at + 3), at + 3 >= bytes.length)) ?? Buffer.alloc(0));
    }
    expect(Buffer.concat(pieces).equals(TEXT)).toBe(true);
  });

  it.each([undefined, '', 'identity', ' Identity '])('has nothing to do for %j', (coding) => {
    expect(createDecompressor(coding, 10)).toBeUndefined();
  });

  it('refuses codings it cannot read', () => {
    expect(() => createDecompressor('compress', 10)).toThrow(/"compress"/);
  });

  it('refuses damaged bytes', async () => {
    const damaged = gzipSync(TEXT);
    damaged.fill(0, 20, 40);
    await expect(createDecompressor('gzip', 1_000_000)?.push(damaged, true)).rejects.toThrow(/damaged/);
  });

  it('refuses a cut end', async () => {
    await expect(createDecompressor('gzip', 1_000_000)?.push(gzipSync(TEXT).subarray(0, 30), true)).rejects.toThrow(
      /damaged/,
    );
  });

  it('stops at the limit instead of filling the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    await expect(createDecompressor('gzip', 1_000_000)?.push(bomb, true)).rejects.toThrow(/damaged/);
  });
});
