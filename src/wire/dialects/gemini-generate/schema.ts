import { type RawJson } from '../../json/raw';
import { asFilled, asList, asObject, isObject, type JsonObject } from '../../json/read';
import { inlineReferences } from './schema-references';

/*
 * Gemini's own Schema is a subset of OpenAPI 3.0 (https://ai.google.dev/api/caching#Schema) and refuses what it does not
 * know. JSON Schema is brought into it, losing as little as possible.
 */

/** Keywords of Schema whose values are taken as they are. */
const PLAIN_KEYWORDS: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'example',
  'maxItems',
  'minItems',
  'maxProperties',
  'minProperties',
  'maxLength',
  'minLength',
  'pattern',
  'minimum',
  'maximum',
  'propertyOrdering',
]);

const FORMATS: ReadonlySet<string> = new Set(['date-time', 'enum']);

const TYPE_BY_KIND: Readonly<Record<string, string>> = { string: 'string', boolean: 'boolean', object: 'object' };

const OPEN_OBJECT: JsonObject = { type: 'object' };

/** JSON Schema text as the closest Schema. Throws GatewayError `invalid_request` when its references explode. */
export function toGeminiSchema(schema: RawJson): JsonObject {
  const parsed: unknown = JSON.parse(schema.text);
  return isObject(parsed) ? cleaned(inlineReferences(parsed)) : OPEN_OBJECT;
}

function cleaned(source: JsonObject): JsonObject {
  const schema = withoutNull(unwrapped(mergedAllOf(unwrapped(source))));
  const branches = branchesOf(schema);
  const type = typeOf(schema);
  const values = enumOf(schema, type);
  const result: Record<string, unknown> = {};
  if (type !== undefined) result['type'] = type;
  for (const [key, value] of Object.entries(schema)) if (PLAIN_KEYWORDS.has(key)) result[key] = value;
  const format = asFilled(schema['format']);
  if (format !== undefined && FORMATS.has(format)) result['format'] = format;
  if (schema['nullable'] === true) result['nullable'] = true;
  if (values !== undefined) result['enum'] = values;
  Object.assign(result, objectMembers(schema));
  if (type === 'array' || schema['items'] !== undefined) result['items'] = itemsOf(schema);
  if (branches.length > 0) result['anyOf'] = branches.map(cleaned);
  return result;
}

/** A choice of one is no choice; members beside it win. */
function unwrapped(schema: JsonObject): JsonObject {
  for (const key of ['anyOf', 'oneOf']) {
    const branches = asList(schema[key]);
    const only = branches.length === 1 ? asObject(branches[0]) : undefined;
    if (only === undefined) continue;
    const { [key]: _unwrapped, ...beside } = schema;
    return unwrapped({ ...only, ...beside });
  }
  return schema;
}

/** One schema that demands what all of `allOf` demand: properties and required names united, the first word wins elsewhere. */
function mergedAllOf(schema: JsonObject): JsonObject {
  const all = asList(schema['allOf']).filter(isObject);
  if (schema['allOf'] === undefined) return schema;
  const { allOf: _merged, ...own } = schema;
  return all.map((part) => unwrapped(mergedAllOf(part))).reduce(united, own);
}

function united(left: JsonObject, right: JsonObject): JsonObject {
  const properties = { ...asObject(right['properties']), ...asObject(left['properties']) };
  const required = [...new Set([...asList(left['required']), ...asList(right['required'])])];
  return {
    ...right,
    ...left,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** `null` among the types or alternatives becomes `nullable`, several types become alternatives. */
function withoutNull(schema: JsonObject): JsonObject {
  const { type } = schema;
  if (Array.isArray(type)) return withOneType(schema, type);
  const key = schema['anyOf'] === undefined ? 'oneOf' : 'anyOf';
  const branches = asList(schema[key]);
  const rest = branches.filter((branch) => !isNull(branch));
  if (rest.length === branches.length) return schema;
  return withoutNull(unwrapped({ ...schema, [key]: rest, nullable: true }));
}

function withOneType(schema: JsonObject, types: readonly unknown[]): JsonObject {
  const words = types.filter((word) => word !== 'null');
  const nullable = words.length < types.length ? { nullable: true } : {};
  const { type: _types, ...beside } = schema;
  if (words.length <= 1) {
    return withoutNull({ ...beside, ...(words.length === 1 ? { type: words[0] } : {}), ...nullable });
  }
  const { items, properties, required, ...shared } = beside;
  const branches = words.map((type) => {
    if (type === 'array') return { type, items };
    return type === 'object' ? { type, properties, required } : { type };
  });
  return { ...shared, anyOf: branches, ...nullable };
}

function isNull(branch: unknown): boolean {
  const schema = asObject(branch);
  return schema?.['type'] === 'null' || (schema !== undefined && schema['const'] === null);
}

function branchesOf(schema: JsonObject): readonly JsonObject[] {
  return [...asList(schema['anyOf']), ...asList(schema['oneOf'])].filter(isObject);
}

function typeOf(schema: JsonObject): string | undefined {
  const type = asFilled(schema['type']);
  if (type !== undefined) return type === 'null' ? undefined : type;
  if (branchesOf(schema).length > 0) return undefined;
  if (schema['const'] !== undefined) return kindOf(schema['const']);
  if (Array.isArray(schema['enum'])) return 'string';
  if (asObject(schema['properties']) !== undefined) return 'object';
  return schema['items'] === undefined ? undefined : 'array';
}

function kindOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (Array.isArray(value)) return 'array';
  return value === null ? undefined : TYPE_BY_KIND[typeof value];
}

/** Only strings may be enumerated; `const` is an enumeration of one. */
function enumOf(schema: JsonObject, type: string | undefined): readonly string[] | undefined {
  const values = schema['const'] === undefined ? asList(schema['enum']) : [schema['const']];
  if (type?.toLowerCase() !== 'string') return undefined;
  const texts = values.flatMap((value) => {
    // An empty word is refused.
    if (typeof value === 'string') return value === '' ? [] : [value];
    return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
  });
  return texts.length > 0 ? texts : undefined;
}

function objectMembers(schema: JsonObject): JsonObject {
  const properties = asObject(schema['properties']);
  const required = asList(schema['required']).filter((name) => typeof name === 'string');
  if (properties === undefined) return {};
  const named = required.filter((name) => Object.hasOwn(properties, name));
  return {
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, isObject(value) ? cleaned(value) : OPEN_OBJECT]),
    ),
    ...(named.length > 0 ? { required: named } : {}),
  };
}

/** Arrays must say what they hold; a tuple is told by its first place. */
function itemsOf(schema: JsonObject): JsonObject {
  const { items } = schema;
  const first: unknown = Array.isArray(items) ? items[0] : (items ?? asList(schema['prefixItems'])[0]);
  const described = isObject(first) ? cleaned(first) : {};
  return Object.keys(described).length > 0 ? described : OPEN_OBJECT;
}
