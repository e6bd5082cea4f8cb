import { invalid } from '../../facts';
import { asObject, isObject, type JsonObject } from '../../json/read';

/** Nodes of one schema after its references are replaced; a few hostile references could ask for more than memory holds. */
const MAX_NODES = 20_000;

const DEFINITION_KEYS: ReadonlySet<string> = new Set(['$defs', 'definitions']);

/** Keywords whose values are data, not schemas. */
const DATA_KEYS: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples', 'required']);

/**
 * Puts definitions in the place of the references to them (`#/$defs/Name`, `#`, any JSON pointer). Where a definition
 * contains itself, and where a reference leads nowhere, an open object takes its place. Members beside a `$ref` win over
 * the definition's. Throws GatewayError `invalid_request` for schemas that explode.
 */
export function inlineReferences(root: JsonObject): JsonObject {
  return new Inliner(root).schema(root, []);
}

class Inliner {
  private nodes = 0;

  constructor(private readonly root: JsonObject) {}

  /** `open`: pointers that are being replaced around this place. */
  schema(schema: JsonObject, open: readonly string[]): JsonObject {
    const pointer = schema['$ref'];
    if (typeof pointer !== 'string') return this.members(schema, open);
    const { $ref: _replaced, ...beside } = schema;
    const target = open.includes(pointer) ? undefined : this.resolve(pointer);
    const definition = target === undefined ? { type: 'object' } : this.schema(target, [...open, pointer]);
    return { ...definition, ...this.members(beside, open) };
  }

  private members(schema: JsonObject, open: readonly string[]): JsonObject {
    this.nodes += 1;
    if (this.nodes > MAX_NODES) throw invalid('tools', 'hold a schema that is too large for this model');
    const kept = Object.entries(schema).filter(([key]) => !DEFINITION_KEYS.has(key));
    return Object.fromEntries(kept.map(([key, value]) => [key, this.member(key, value, open)]));
  }

  private member(key: string, value: unknown, open: readonly string[]): unknown {
    if (DATA_KEYS.has(key)) return value;
    if (key !== 'properties' || !isObject(value)) return this.value(value, open);
    // Names of properties are no keywords, whatever they are.
    return Object.fromEntries(Object.entries(value).map(([name, property]) => [name, this.value(property, open)]));
  }

  private value(value: unknown, open: readonly string[]): unknown {
    if (Array.isArray(value)) return value.map((entry) => this.value(entry, open));
    return isObject(value) ? this.schema(value, open) : value;
  }

  private resolve(pointer: string): JsonObject | undefined {
    if (!pointer.startsWith('#')) return undefined;
    const steps = pointer.slice(1).split('/').slice(1);
    let at: JsonObject | undefined = this.root;
    for (const step of steps) at = asObject(at?.[step.replace(/~1/g, '/').replace(/~0/g, '~')]);
    return at;
  }
}
