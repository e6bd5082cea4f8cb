/** Vectors of recently seen texts: the least recently used one leaves first. */
export class VectorCache {
  // A Map keeps insertion order; reading re-inserts, so the first key is always the least recently used one.
  private readonly vectors = new Map<string, Float32Array>();

  constructor(private readonly capacity: number) {}

  get(text: string): Float32Array | undefined {
    const vector = this.vectors.get(text);
    if (vector === undefined) return undefined;
    this.vectors.delete(text);
    this.vectors.set(text, vector);
    return vector;
  }

  set(text: string, vector: Float32Array): void {
    this.vectors.delete(text);
    this.vectors.set(text, vector);
    if (this.vectors.size <= this.capacity) return;
    const [oldest] = this.vectors.keys();
    if (oldest !== undefined) this.vectors.delete(oldest);
  }
}
