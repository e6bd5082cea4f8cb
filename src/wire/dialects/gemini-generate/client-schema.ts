import { RawJson } from '../../json/raw';
import { asList, isObject, type JsonObject } from '../../json/read';

/** Keywords of Gemini's Schema that hold one schema, several, or one by name. */
const ONE: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not']);
const SEVERAL: ReadonlySet<string> = new Set(['anyOf', 'any_of', 'oneOf', 'allOf', 'prefixItems']);
const BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);

/** Numbers that protobuf's JSON mapping writes as text. */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/** A Gemini client's Schema (`{type: 'STRING', nullable: true}`) as JSON Schema for other APIs. */
export function fromGeminiSchema(schema: RawJson): RawJson {
  const parsed: unknown = JSON.parse(schema.text);
  return isObject(parsed) ? new RawJson(JSON.stringify(converted(parsed))) : schema;
}

function converted(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).flatMap(([key, value]) => convertedMember(key, value));
  const result: JsonObject = Object.fromEntries(members);
  if (schema['nullable'] !== true) return result;
  const { type } = result;
  if (typeof type === 'string') return { ...result, type: [type, 'null'], ...withNull(result['enum']) };
  return Array.isArray(result['anyOf']) ? { ...result, anyOf: [...asList(result['anyOf']), { type: 'null' }] } : result;
}

function convertedMember(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (key === 'nullable' || key === 'propertyOrdering' || key === 'property_ordering') return [];
  if (key === 'type') {
    if (typeof value !== 'string') return [[key, value]];
    return value === 'TYPE_UNSPECIFIED' ? [] : [[key, value.toLowerCase()]];
  }
  if (key === 'format' && value === 'enum') return [];
  if (COUNTS.has(key) && typeof value === 'string') return [[key, Number(value)]];
  const name = key === 'any_of' ? 'anyOf' : key;
  return [[name, convertedValue(key, value)]];
}

function convertedValue(key: string, value: unknown): unknown {
  if (SEVERAL.has(key)) return asList(value).map((entry) => (isObject(entry) ? converted(entry) : entry));
  if (!isObject(value)) return value;
  if (ONE.has(key)) return converted(value);
  if (!BY_NAME.has(key)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, isObject(entry) ? converted(entry) : entry]),
  );
}

function withNull(values: unknown): JsonObject {
  return Array.isArray(values) ? { enum: [...asList(values), null] } : {};
}
