/** What changed between generations of Gemini models, read from the model's name. */
export interface Generation {
  /** `gemini-2.5-pro` is 2.5; undefined for names that say nothing (tuned models, `gemini-flash-latest`). */
  readonly version: number | undefined;
  readonly isPro: boolean;
}

export function generationOf(model: string): Generation {
  const match = /gemini-(\d+(?:\.\d+)?)/i.exec(model);
  return { version: match?.[1] === undefined ? undefined : Number(match[1]), isPro: /-pro\b/i.test(model) };
}

/** Since 2.5 schemas may be JSON Schema as it is; before, they have to be in the subset of OpenAPI that Gemini calls Schema. */
export function takesJsonSchema({ version }: Generation): boolean {
  return version !== undefined && version >= 2.5;
}

/** Since 3 the depth of thinking is a word instead of a number of tokens, and calls must come back with their signature. */
export function thinksInLevels({ version }: Generation): boolean {
  return version !== undefined && version >= 3;
}
