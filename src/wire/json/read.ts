import { RawJson } from './raw';

export type JsonObject = { readonly [key: string]: unknown };

/** True for a parsed JSON object; arrays, null and kept source text (RawJson) are something else. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RawJson);
}

/*
 * Lenient readers: vendors leave fields out, send null, or send another type. A field that is not what it should be
 * counts as absent, because one odd optional field must not cost the caller a whole answer.
 */

export const asObject = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined);
export const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asBoolean = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const asObjects = (value: unknown): readonly JsonObject[] => asList(value).filter(isObject);
/** A string with at least one character. */
export const asFilled = (value: unknown): string | undefined => asString(value) || undefined;
