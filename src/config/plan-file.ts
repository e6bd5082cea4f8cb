import { createHash } from 'node:crypto';
import { PLAN_FORMAT, type Plan } from './plan';

/** JSON with sorted keys, so that equal values have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
  return value;
}

/** Adds the hash to a finished Plan and freezes it. */
export function sealPlan(content: Omit<Plan, 'hash'>): Plan {
  return deepFreeze({ ...content, hash: hashOf(content) });
}

/** The path of the file is left out: the same text compiled here and served there is the same Plan. */
function hashOf({ source: _source, ...content }: Omit<Plan, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/**
 * Reads a Plan back from its JSON (`plan.json`), frozen. Throws an Error with a sentence for the user when the text is no
 * Plan, is a Plan of another format, or was changed after it was written.
 */
export function readPlan(json: string): Plan {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Error('This is not a Plan: the file is not JSON. Write it again with `outerloop compile`.', { cause });
  }
  if (typeof value !== 'object' || value === null || !('format' in value) || !('hash' in value)) {
    throw new Error('This is not a Plan: `format` or `hash` is missing. Write it again with `outerloop compile`.');
  }
  if (value.format !== PLAN_FORMAT) {
    throw new Error(
      `This Plan has format ${String(value.format)}, but this version of Outerloop reads format ${PLAN_FORMAT}. Compile the configuration again with this version.`,
    );
  }
  const { hash, ...content } = value as Plan;
  if (hash !== hashOf(content)) {
    throw new Error(
      'This Plan was changed after it was written: its hash does not match. Compile the configuration again.',
    );
  }
  return deepFreeze(value as Plan);
}
