import { createHash } from 'node:crypto';
import type { CheckContext } from '../check-context';
import { pathText, type Path } from '../config-document';
import { splitReferences } from '../environment';
import type { LoadResult } from '../load';
import { isSensitiveName } from '../mask';
import type { SecretTemplate } from '../plan';

/** Words such as `Bearer ` in front of a reference say how it is used and are no secret. */
const SCHEME_WORD = /^[A-Za-z][A-Za-z-]*\s+$/;

/**
 * Turns credentials and headers into templates of names. Values that the file spells out get a name of their own, minted
 * from their place (never from the value), so that the Plan stays free of them.
 */
export class SecretCollector {
  readonly #names = new Set<string>();
  readonly #values = new Map<string, string>();
  readonly #missing: LoadResult['missing'][number][] = [];

  constructor(private readonly context: CheckContext) {}

  /** A text that is secret as a whole; the file is warned when it is spelled out. */
  secret(path: Path, text: string, neededBy: string): SecretTemplate {
    const template = this.#template(path, text, neededBy, (part) => !SCHEME_WORD.test(part));
    if (spellsOutSecret(text)) {
      this.context.problems.add('literal_secret', this.context.document.placeOf(path, 'value'), {
        message: `\`${pathText(path)}\` holds the secret itself.`,
      });
    }
    return template;
  }

  /** Value of a header: literal text stays where the name says that it is harmless. */
  header(path: Path, name: string, text: string, neededBy: string): SecretTemplate {
    return isSensitiveName(name)
      ? this.secret(path, text, neededBy)
      : this.#template(path, text, neededBy, () => false);
  }

  #template(path: Path, text: string, neededBy: string, isSecret: (literal: string) => boolean): SecretTemplate {
    const parts = splitReferences(text);
    return parts.map((part, index) => {
      if (typeof part !== 'string') {
        this.#reference(part.env, path, neededBy);
        return part;
      }
      const beforeReference = index < parts.length - 1;
      if (!isSecret(beforeReference ? part : `${part}.`)) return part;
      return { env: this.#literal(path, index, part) };
    });
  }

  #reference(name: string, path: Path, neededBy: string): void {
    this.#names.add(name);
    const value = this.context.environment.get(name);
    if (value !== undefined) {
      this.#values.set(name, value);
      return;
    }
    const { line, column } = this.context.document.placeOf(path, 'value');
    this.#missing.push({ name, file: this.context.document.file, line, column, neededBy });
  }

  #literal(path: Path, index: number, value: string): string {
    const place = index === 0 ? pathText(path) : `${pathText(path)}#${index}`;
    const name = LITERAL_PREFIX + createHash('sha256').update(place).digest('hex').slice(0, 12);
    this.#names.add(name);
    this.#values.set(name, value);
    return name;
  }

  /** One warning for every variable that nobody sets, at the first place that needs it. */
  reportMissing(): void {
    const byName = Map.groupBy(this.#missing, ({ name }) => name);
    for (const [name, places] of byName) {
      const [first] = places;
      if (first === undefined) continue;
      const needers = [...new Set(places.map(({ neededBy }) => neededBy))].join(', ');
      this.context.problems.add(
        'missing_variable',
        { line: first.line, column: first.column, length: name.length + 1 },
        {
          message: `The variable \`${name}\` is not set; needed by ${needers}.`,
          fix: `Run \`export ${name}=…\`, or add \`${name}=…\` to the \`.env\` file beside the configuration.`,
        },
      );
    }
  }

  get names(): readonly string[] {
    return [...this.#names].sort();
  }

  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  get missing(): LoadResult['missing'] {
    return this.#missing;
  }
}

/** Addresses count as secret only with a password in them; other texts when no variable is part of them. */
function spellsOutSecret(text: string): boolean {
  if (text.includes('://')) return /:\/\/[^/@$]*:[^/@$]+@/.test(text);
  return splitReferences(text).every((part) => typeof part === 'string');
}

const LITERAL_PREFIX = 'OUTERLOOP_LITERAL_';
