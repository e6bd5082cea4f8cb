/** Plain objects in the shape of Envoy's protobuf JSON, and the reasons that are printed beside their settings. */

/** Key under which an object keeps the reasons for its settings; invisible to JSON. */
export const REASONS = Symbol('reasons');

export type EnvoyValue = string | number | boolean | null | EnvoyObject | readonly EnvoyValue[];

/** One message of Envoy's API, field names as in the .proto files. A field that is undefined is not printed. */
export interface EnvoyObject {
  readonly [field: string]: EnvoyValue | undefined;
  readonly [REASONS]?: Readonly<Record<string, string | undefined>>;
}

/**
 * Says why settings have the value they have. The printer writes each sentence as a comment above its field.
 *
 * @param settings one message
 * @param reasons one sentence for each field that is not obvious
 */
export function because<T extends EnvoyObject>(
  settings: T,
  reasons: { readonly [K in keyof T & string]?: string | undefined },
): T {
  return { ...settings, [REASONS]: { ...settings[REASONS], ...reasons } };
}

/** One message out of parts, reasons included (a spread would keep those of the last part alone). */
export function together(...parts: readonly EnvoyObject[]): EnvoyObject {
  return because(
    Object.assign({}, ...parts) as EnvoyObject,
    Object.assign({}, ...parts.map((part) => part[REASONS])) as object,
  );
}

/** A message that Envoy receives as google.protobuf.Any. */
export function typed<T extends EnvoyObject>(type: string, settings: T): T & { readonly '@type': string } {
  return { '@type': `type.googleapis.com/${type}`, ...settings };
}

/** envoy.config.core.v3.TypedExtensionConfig, and the same two fields of HttpFilter, AccessLog and the like. */
export function extension(name: string, type: string, settings: EnvoyObject = {}): EnvoyObject {
  return { name, typed_config: typed(type, settings) };
}

/** google.protobuf.Duration in its JSON form. */
export function duration(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}

/** Text for a field in which Envoy expands `%COMMAND%`: percent signs stand for themselves. */
export function literalInFormat(text: string): string {
  return text.replaceAll('%', '%%');
}

/** Stat names are split at dots, and Envoy's tag rules read the parts: everything but letters, digits, _ and - goes. */
export function statName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}

export const MEBIBYTE = 1024 * 1024;
