/** Longest name of a caller's own that a warning repeats. */
const MAX_NAME_CHARACTERS = 60;

/**
 * What a translation could not carry over, one sentence each. The list ends up in a response header, so callers' own
 * words are reduced to printable ASCII: a field name must not be able to add a header.
 */
export class Warnings {
  private readonly sentences = new Set<string>();

  add(sentence: string): void {
    this.sentences.add(sentence);
  }

  /** A field (or other named thing) that the other API has no place for. */
  dropped(name: string): void {
    this.add(droppedSentence(name));
  }

  /** Takes `dropped` back: the other API has a place for it after all. */
  carried(name: string): void {
    this.sentences.delete(droppedSentence(name));
  }

  list(): readonly string[] {
    return [...this.sentences];
  }
}

function droppedSentence(name: string): string {
  return `"${printable(name)}" has no counterpart in the other API and was left out.`;
}

export function printable(name: string): string {
  return name.slice(0, MAX_NAME_CHARACTERS).replace(/[^\x20-\x7e]/g, '?');
}
