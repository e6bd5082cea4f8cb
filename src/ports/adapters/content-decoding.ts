/** Undoes `content-encoding` off the event loop, with a limit on what may come out. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

type Decode = (body: Buffer, limits: { maxOutputLength: number }) => Promise<Buffer>;

const decodeZlib: Decode = promisify(inflate);
const decodeRaw: Decode = promisify(inflateRaw);
/** Deflate is the zlib format (RFC 9110, 8.4.1.2); some servers send the bare stream. The low nibble of zlib's first byte is 8. */
const decodeDeflate: Decode = (body, limits) =>
  ((body[0] ?? 0) & 0x0f) === 8 ? decodeZlib(body, limits) : decodeRaw(body, limits);

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', decodeDeflate],
  ['br', promisify(brotliDecompress)],
  ['zstd', promisify(zstdDecompress)],
]);
/** Each layer is one more pass over the body; nobody honest stacks more. */
const MAX_LAYERS = 3;

/**
 * Decodes `body` according to the value of its content-encoding header (a list means: last applied is undone first).
 * Rejects with an Error whose message completes "The answer of X …": unknown encodings, broken or cut data, and more than
 * `maxBytes` after any layer.
 */
export async function decodeBody(body: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const layers = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (layers.length > MAX_LAYERS) throw new Error('is encoded too many times');
  let current = body;
  for (const name of layers.reverse()) {
    // Answers to HEAD, 204 and 304 may carry the header without a body.
    if (current.length === 0) break;
    const decode = DECODERS.get(name);
    if (decode === undefined) throw new Error(`has the unknown content-encoding ${JSON.stringify(name)}`);
    current = await decode(current, { maxOutputLength: maxBytes }).catch((cause: unknown) => {
      throw new Error(failureText(name, maxBytes, cause), { cause });
    });
  }
  return current;
}

function failureText(encoding: string, maxBytes: number, cause: unknown): string {
  const tooLarge =
    typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
  return tooLarge ? `is larger than ${String(maxBytes)} bytes once decompressed` : `is not valid ${encoding} data`;
}
