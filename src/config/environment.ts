import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'dotenv';

/** The variables a file may refer to: the shell's, and under them those of the `.env` file beside the configuration. */
export class Environment {
  constructor(
    private readonly shell: Readonly<Record<string, string | undefined>>,
    private readonly dotenv: Readonly<Record<string, string>> = {},
  ) {}

  /** Value of a variable; an empty one counts as not set, for an empty key or host can only fail later. */
  get(name: string): string | undefined {
    const value = Object.hasOwn(this.shell, name) ? this.shell[name] : undefined;
    if (value !== undefined && value !== '') return value;
    const fallback = Object.hasOwn(this.dotenv, name) ? this.dotenv[name] : undefined;
    return fallback === '' ? undefined : fallback;
  }
}

/** Reads `.env` beside `file`. A missing `.env` is normal; one that cannot be read is told as `unreadable`. */
export async function readEnvironment(
  file: string,
  shell: Readonly<Record<string, string | undefined>>,
): Promise<{ environment: Environment; unreadable?: string }> {
  const path = join(dirname(file), '.env');
  try {
    return { environment: new Environment(shell, parse(await readFile(path))) };
  } catch (reason) {
    const code = (reason as NodeJS.ErrnoException).code;
    const environment = new Environment(shell);
    return code === 'ENOENT' || code === 'ENOTDIR' ? { environment } : { environment, unreadable: code ?? 'unknown' };
  }
}

const REFERENCE = /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g;

/** Cuts `Bearer $TOKEN` into literal text and references, in order; empty literals are left out. */
export function splitReferences(text: string): readonly (string | { readonly env: string })[] {
  const parts: (string | { env: string })[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ env: match[1] ?? match[2] ?? '' });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** Replaces the references of a text; lists those that nobody sets. */
export function expandReferences(
  text: string,
  environment: Environment,
): { readonly text: string; readonly unset: readonly string[] } {
  const unset: string[] = [];
  const expanded = splitReferences(text).map((part) => {
    if (typeof part === 'string') return part;
    const value = environment.get(part.env);
    if (value === undefined) unset.push(part.env);
    return value ?? `$${part.env}`;
  });
  return { text: expanded.join(''), unset };
}
