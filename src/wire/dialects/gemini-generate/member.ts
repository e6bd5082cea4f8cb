import type { JsonObject } from '../../json/read';

/**
 * A member of one of Gemini's objects. Protobuf's JSON mapping lets clients write `inlineData` or `inline_data`; answers
 * and what we write ourselves have the first form.
 */
export function member(object: JsonObject | undefined, name: string): unknown {
  if (object === undefined) return undefined;
  return object[name] ?? object[snakeCase(name)];
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Both spellings of every name. */
export function bothSpellings(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, snakeCase(name)]));
}
