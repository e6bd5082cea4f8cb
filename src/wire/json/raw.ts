/**
 * JSON source text that travels through the translation untouched: tool arguments, tool schemas, output schemas.
 * Parsing and printing them would change big integers, `1.0`, duplicate keys and the order of numeric keys.
 */
export class RawJson {
  constructor(readonly text: string) {}
}

const WHITESPACE = /[ \t\n\r]*/y;
const SCALAR = /[^,\]}\s]+/y;
const NO_KEYS: ReadonlySet<string> = new Set();

/**
 * Parses JSON like JSON.parse, except that an object or array found under one of `rawKeys` (at any depth) becomes a
 * RawJson with its source text. Throws SyntaxError for invalid JSON, RangeError for nesting beyond the stack.
 */
export function parseJson(text: string, rawKeys: ReadonlySet<string> = NO_KEYS): unknown {
  const parsed: unknown = JSON.parse(text);
  for (const key of rawKeys) {
    if (text.includes(`"${key}"`)) return new RawKeepingParser(text, rawKeys).value();
  }
  return parsed;
}

/** Prints a value built from plain data and RawJson pieces; `undefined` members are left out, as JSON.stringify does. */
export function printJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${printJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Second pass over text that JSON.parse has already accepted, so it checks nothing itself. */
class RawKeepingParser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly rawKeys: ReadonlySet<string>,
  ) {}

  value(): unknown {
    this.skipWhitespace();
    const first = this.text[this.at];
    if (first === '{') return this.object();
    if (first === '[') return this.array();
    if (first === '"') return this.string();
    SCALAR.lastIndex = this.at;
    const scalar = SCALAR.exec(this.text)?.[0] ?? '';
    this.at += scalar.length;
    return JSON.parse(scalar);
  }

  private object(): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    this.at += 1;
    for (;;) {
      if (this.closes('}')) return members;
      const key = this.string();
      this.skipWhitespace();
      this.at += 1;
      const value = this.rawKeys.has(key) ? this.rawValue() : this.value();
      // `__proto__` is an ordinary key in JSON.
      Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
    }
  }

  private array(): unknown[] {
    const elements: unknown[] = [];
    this.at += 1;
    while (!this.closes(']')) elements.push(this.value());
    return elements;
  }

  /** Steps over whitespace and one comma; true (and stepped over) when the container ends here. */
  private closes(bracket: string): boolean {
    this.skipWhitespace();
    if (this.text[this.at] === ',') {
      this.at += 1;
      this.skipWhitespace();
    }
    if (this.text[this.at] !== bracket) return false;
    this.at += 1;
    return true;
  }

  private string(): string {
    const start = this.at;
    this.skipString();
    const inner = this.text.slice(start + 1, this.at - 1);
    return inner.includes('\\') ? (JSON.parse(this.text.slice(start, this.at)) as string) : inner;
  }

  private rawValue(): unknown {
    this.skipWhitespace();
    const first = this.text[this.at];
    if (first !== '{' && first !== '[') return this.value();
    const start = this.at;
    let depth = 0;
    do {
      const character = this.text[this.at];
      if (character === '"') {
        this.skipString();
        continue;
      }
      if (character === '{' || character === '[') depth += 1;
      if (character === '}' || character === ']') depth -= 1;
      this.at += 1;
    } while (depth > 0);
    return new RawJson(this.text.slice(start, this.at));
  }

  private skipString(): void {
    let quote = this.text.indexOf('"', this.at + 1);
    while (this.isEscaped(quote)) quote = this.text.indexOf('"', quote + 1);
    this.at = quote + 1;
  }

  private isEscaped(index: number): boolean {
    let backslashes = 0;
    while (this.text[index - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }

  private skipWhitespace(): void {
    WHITESPACE.lastIndex = this.at;
    WHITESPACE.test(this.text);
    this.at = WHITESPACE.lastIndex;
  }
}
