/** Largest answer that is held in memory to be translated. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Chunks of a body until it is complete, up to a limit; what comes after the limit is dropped. */
export class HeldBytes {
  private chunks: Buffer[] = [];
  private length = 0;
  overflowed = false;

  constructor(private readonly limitBytes = MAX_HELD_BYTES) {}

  add(chunk: Buffer): void {
    if (this.length + chunk.length > this.limitBytes) {
      this.overflowed = true;
      chunk = chunk.subarray(0, this.limitBytes - this.length);
    }
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Everything so far, in one piece. */
  all(): Buffer {
    const all = this.chunks.length === 1 ? this.chunks[0] : undefined;
    const joined = all ?? Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }
}
