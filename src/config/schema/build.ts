/** A JSON Schema (draft-07) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Text; references such as `$NAME` are texts too. */
export function text(description: string): JsonSchema {
  return { type: 'string', description };
}

export function flag(description: string): JsonSchema {
  return { type: 'boolean', description };
}

export function count(description: string, limits: { minimum?: number; maximum?: number } = {}): JsonSchema {
  return { type: 'integer', description, ...limits };
}

export function amount(description: string, limits: { minimum?: number; maximum?: number } = {}): JsonSchema {
  return { type: 'number', description, ...limits };
}

export function oneOf(values: readonly string[], description: string): JsonSchema {
  return { type: 'string', enum: [...values], description };
}

export function listOf(items: JsonSchema, description: string, limits: { minItems?: number } = {}): JsonSchema {
  return { type: 'array', items, description, ...limits };
}

export function mapOf(values: JsonSchema, description: string): JsonSchema {
  return { type: 'object', additionalProperties: values, description };
}

/** An object that knows exactly these keys. */
export function object(
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    description,
    properties,
    ...(required.length > 0 ? { required: [...required] } : {}),
    additionalProperties: false,
  };
}

export function duration(description: string): JsonSchema {
  return text(`${description}; a duration such as 30s`);
}

/** A port number, or a reference such as `$PORT` that holds one. */
export function port(description: string): JsonSchema {
  return { type: ['integer', 'string'], minimum: 1, maximum: 65535, pattern: '^\\$', description };
}
