import { UsageReader } from '../wire/usage-reader';
import type { UsageNumbers } from '../wire/usage-paths';
import { createDecompressor, type Decompressor } from './decompress';
import type { ResponseHead } from './exchange';
import type { RewriteResponse } from './mutation';

/** What Envoy's usage filters can read (compiler/usage-filters). */
const READ_BY_ENVOY = /^(application\/([a-z0-9.-]+\+)?json|text\/event-stream) *(;|$)/i;

/** Recordings and pictures never say how many tokens they took. */
const WITHOUT_USAGE = /^(audio|image|video|font)\//i;

/** Whether the token counts of this answer stay unknown unless the sidecar reads it: compressed, binary, or mislabelled. */
export function needsReading({ status, headers, endOfStream }: ResponseHead): boolean {
  if (status < 200 || status > 299 || endOfStream) return false;
  const type = headers.get('content-type') ?? '';
  if (WITHOUT_USAGE.test(type)) return false;
  const coding = headers.get('content-encoding') ?? 'identity';
  return coding.toLowerCase() !== 'identity' || !READ_BY_ENVOY.test(type);
}

/** Every byte goes out as it came; a decompressed copy is read on the way. */
export function observeAnswer(
  head: ResponseHead,
  set: Readonly<Record<string, string>>,
  maxBytes: number,
): RewriteResponse {
  const observer = new Observer(head.headers.get('content-encoding'), maxBytes);
  return {
    kind: 'rewrite',
    headers: { set, remove: [] },
    async rewrite(chunk, end) {
      await observer.push(chunk, end);
      return chunk;
    },
    usage: () => observer.usage(),
  };
}

/** Reads along as long as the bytes make sense; what an upstream garbles is not the caller's loss. */
class Observer {
  private readonly reader = new UsageReader();
  private readonly decompressor: Decompressor | undefined;
  private gaveUp = false;

  constructor(contentEncoding: string | undefined, maxBytes: number) {
    try {
      this.decompressor = createDecompressor(contentEncoding, maxBytes);
    } catch {
      this.gaveUp = true;
    }
  }

  async push(chunk: Buffer, end: boolean): Promise<void> {
    if (this.gaveUp) return;
    try {
      this.reader.push(this.decompressor === undefined ? chunk : await this.decompressor.push(chunk, end));
    } catch {
      this.gaveUp = true;
    }
  }

  usage(): UsageNumbers {
    return this.reader.end();
  }
}
