import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type LineCounter,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

export type Step = string | number;
export type Path = readonly Step[];
export type Data = Record<string, unknown>;

/** A span of the source, 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** Characters of the span on its first line; at least 1. */
  readonly length: number;
}

/**
 * A parsed file: plain data plus the way back from every object of that data to its lines.
 *
 * Migrations build new objects; `adopt` tells which object of the file a new one stands for, so that later problems
 * still point at what the user wrote.
 */
export class ConfigDocument {
  readonly #paths = new WeakMap<object, Path>();
  /** For lists from which items were dropped: index in the data → index in the file. */
  readonly #indexes = new WeakMap<object, readonly number[]>();

  constructor(
    readonly file: string,
    readonly text: string,
    readonly root: Data,
    private readonly yaml: Document,
    private readonly lines: LineCounter,
  ) {
    this.#register(root, []);
  }

  #register(value: unknown, path: Path): void {
    if (typeof value !== 'object' || value === null) return;
    this.#paths.set(value, path);
    if (Array.isArray(value)) value.forEach((item, index) => this.#register(item, [...path, index]));
    else for (const [key, item] of Object.entries(value)) this.#register(item, [...path, key]);
  }

  /** Makes `created` stand at the place of `origin` (objects or lists). Returns `created`. */
  adopt<T extends object>(created: T, origin: object, indexes?: readonly number[]): T {
    const path = this.#paths.get(origin);
    if (path !== undefined) this.#paths.set(created, path);
    const inherited = indexes ?? this.#indexes.get(origin);
    if (inherited !== undefined) this.#indexes.set(created, inherited);
    return created;
  }

  /** Path in the file of an object of the data, or of one of its members (which may have moved in a migration). */
  pathOf(container: object, step?: Step): Path {
    const member: unknown = step === undefined ? undefined : (container as Record<Step, unknown>)[step];
    const ownPath = typeof member === 'object' && member !== null ? this.#paths.get(member) : undefined;
    if (ownPath !== undefined) return ownPath;
    const base = this.#paths.get(container) ?? [];
    if (step === undefined) return base;
    return [...base, typeof step === 'number' ? (this.#indexes.get(container)?.[step] ?? step) : step];
  }

  /** Whether the file writes this member itself (it may have been dropped from the data for being wrong). */
  isWritten(container: object, step: Step): boolean {
    let node: Node | null = this.#follow(this.yaml.contents);
    for (const part of this.pathOf(container, step)) {
      const next = this.#child(node, part);
      if (next === undefined) return false;
      node = next.value;
    }
    return true;
  }

  /** Where a value stands. Values in block form start on a later line, so their key is meant instead. */
  place(container: object, step?: Step): Place {
    return this.placeOf(this.pathOf(container, step), 'value');
  }

  /** Where the key of a value stands. */
  keyPlace(container: object, key: string): Place {
    return this.placeOf(this.pathOf(container, key), 'key');
  }

  /** Place of a path; what is not in the file (migrated, missing) is found at its nearest parent that is. */
  placeOf(path: Path, part: 'key' | 'value'): Place {
    let node: Node | null = this.#follow(this.yaml.contents);
    let keyNode: Node | undefined;
    for (const step of path) {
      const next = this.#child(node, step);
      if (next === undefined) break;
      keyNode = next.key;
      node = next.value;
    }
    if (keyNode !== undefined && (part === 'key' || node === null || isBlock(node) || isUnwritten(node)))
      return this.#span(keyNode);
    return node === null ? { line: 1, column: 1, length: 1 } : this.#span(node);
  }

  #follow(node: unknown): Node | null {
    if (isAlias(node)) return node.resolve(this.yaml) ?? null;
    return (node ?? null) as Node | null;
  }

  #child(node: Node | null, step: Step): { key?: Node; value: Node | null } | undefined {
    if (isSeq(node)) {
      const item = node.items[Number(step)];
      return item === undefined ? undefined : { value: this.#follow(item) };
    }
    if (!isMap(node)) return undefined;
    const pair = this.#pair(node, String(step));
    if (pair === undefined) return undefined;
    return { key: pair.key as Node, value: this.#follow(pair.value) };
  }

  /** The last pair of a key wins, as it does in the data; then keys that come through `<<`. */
  #pair(map: YAMLMap, key: string): Pair | undefined {
    const own = map.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key);
    if (own !== undefined) return own;
    for (const pair of map.items) {
      if (!isScalar(pair.key) || String(pair.key.value) !== '<<') continue;
      const source = this.#follow(pair.value);
      for (const merged of isSeq(source) ? source.items.map((item) => this.#follow(item)) : [source]) {
        const found = isMap(merged) ? this.#pair(merged, key) : undefined;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #span(node: Node): Place {
    const [start, end] = node.range ?? [0, 1];
    const { line, col } = this.lines.linePos(start);
    const firstLine = this.text.slice(start, end).split('\n', 1)[0] ?? '';
    return { line, column: col, length: Math.max(1, firstLine.trimEnd().length) };
  }

  /** Text of a 1-based line without its end. */
  lineText(line: number): string {
    return (this.text.split('\n', line)[line - 1] ?? '').trimEnd();
  }
}

/** `key:` with nothing behind it. */
function isUnwritten(node: Node): boolean {
  return isScalar(node) && node.value === null && node.source === '';
}

function isBlock(node: Node): boolean {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

/** `model_providers[0].access_key` */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
