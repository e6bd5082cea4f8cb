import { describe, expect, it } from '@jest/globals';
import { RawJson } from '../../json/raw';
import { fromGeminiSchema } from './client-schema';
import { toGeminiSchema } from './schema';

const clean = (schema: unknown): unknown => toGeminiSchema(new RawJson(JSON.stringify(schema)));

const STRING = { type: 'string' };
const object = (properties: unknown, more: object = {}): object => ({ type: 'object', properties, ...more });

describe('toGeminiSchema', () => {
  it.each<[string, unknown, unknown]>([
    ['plain schemas stay', object({ a: STRING }, { required: ['a'] }), object({ a: STRING }, { required: ['a'] })],
    [
      'unknown keywords go, at every depth',
      { $schema: 's', $id: 'i', ...object({ a: { ...STRING, examples: ['x'], readOnly: true } }), strict: true },
      object({ a: STRING }),
    ],
    [
      'additionalProperties go, typed maps too',
      object({ a: { type: 'object', additionalProperties: STRING } }, { additionalProperties: false }),
      object({ a: { type: 'object' } }),
    ],
    [
      'references are replaced',
      { $defs: { A: object({ n: { type: 'integer' } }) }, ...object({ a: { $ref: '#/$defs/A' } }) },
      object({ a: object({ n: { type: 'integer' } }) }),
    ],
    [
      'definitions and nested references too, with what stands beside them',
      {
        definitions: { A: { $ref: '#/definitions/B' }, B: { ...STRING, description: 'b' } },
        ...object({ a: { $ref: '#/definitions/A', description: 'a' } }),
      },
      object({ a: { ...STRING, description: 'a' } }),
    ],
    [
      'a definition that contains itself ends in an open object',
      {
        $defs: { N: object({ next: { $ref: '#/$defs/N' }, v: STRING }) },
        $ref: '#/$defs/N',
      },
      object({ next: { type: 'object' }, v: STRING }),
    ],
    [
      'the root may be referred to',
      object({ a: STRING, self: { $ref: '#' } }),
      object({ a: STRING, self: object({ a: STRING, self: { type: 'object' } }) }),
    ],
    ['a reference to nowhere', object({ a: { $ref: '#/$defs/Gone' } }), object({ a: { type: 'object' } })],
    [
      'allOf is united',
      {
        allOf: [object({ a: STRING }, { required: ['a'] }), object({ b: STRING }, { required: ['b', 'a'] })],
        description: 'd',
      },
      object({ a: STRING, b: STRING }, { required: ['a', 'b'], description: 'd' }),
    ],
    [
      'allOf of one keeps what stands beside it',
      object({ a: { allOf: [{ ...STRING, description: 'inner' }], description: 'outer', title: 't' } }),
      object({ a: { ...STRING, description: 'outer', title: 't' } }),
    ],
    ['const is an enumeration of one', { const: 'x' }, { type: 'string', enum: ['x'] }],
    ['const of a number keeps its type only', { const: 5 }, { type: 'integer' }],
    ['const of a fraction', { const: 1.5 }, { type: 'number' }],
    ['const of a boolean', { const: true }, { type: 'boolean' }],
    ['two types of which one is null', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
    ['several types', { type: ['string', 'integer'] }, { anyOf: [STRING, { type: 'integer' }] }],
    [
      'several types and null',
      { type: ['string', 'array', 'null'], items: STRING, description: 'd' },
      { anyOf: [STRING, { type: 'array', items: STRING }], nullable: true, description: 'd' },
    ],
    ['a list with one type', { type: ['string'] }, STRING],
    [
      'anyOf with null',
      { anyOf: [{ ...STRING, description: 'inner' }, { type: 'null' }], title: 't' },
      { ...STRING, description: 'inner', title: 't', nullable: true },
    ],
    [
      'anyOf of several with null',
      { anyOf: [STRING, { type: 'integer' }, { type: 'null' }] },
      { anyOf: [STRING, { type: 'integer' }], nullable: true },
    ],
    ['anyOf of one', { anyOf: [STRING], description: 'd' }, { ...STRING, description: 'd' }],
    ['anyOf of one, twice', { anyOf: [{ anyOf: [{ type: ['string', 'null'] }] }] }, { type: 'string', nullable: true }],
    ['oneOf is anyOf', { oneOf: [STRING, { type: 'integer' }] }, { anyOf: [STRING, { type: 'integer' }] }],
    [
      'a union of definitions',
      {
        $defs: { A: object({ a: STRING }), B: object({ b: STRING }) },
        anyOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }, { type: 'null' }],
      },
      { anyOf: [object({ a: STRING }), object({ b: STRING })], nullable: true },
    ],
    ['enumerations of strings', { type: 'string', enum: ['a', 'b', ''] }, { type: 'string', enum: ['a', 'b'] }],
    ['enumerations of numbers go', { type: 'integer', enum: [1, 2] }, { type: 'integer' }],
    ['enumerations without a type', { enum: ['a', 1] }, { type: 'string', enum: ['a', '1'] }],
    ['properties without a type', { properties: { a: STRING } }, object({ a: STRING })],
    ['items without a type', { items: STRING }, { type: 'array', items: STRING }],
    ['arrays without items', { type: 'array' }, { type: 'array', items: { type: 'object' } }],
    ['arrays of anything', { type: 'array', items: {} }, { type: 'array', items: { type: 'object' } }],
    ['tuples', { type: 'array', prefixItems: [STRING, { type: 'integer' }] }, { type: 'array', items: STRING }],
    [
      'formats that Gemini knows',
      object({ a: { ...STRING, format: 'date-time' }, b: { ...STRING, format: 'uuid' } }),
      object({ a: { ...STRING, format: 'date-time' }, b: STRING }),
    ],
    [
      'limits stay, exclusive ones go',
      { type: 'integer', minimum: 1, maximum: 9, exclusiveMinimum: 0, multipleOf: 2 },
      { type: 'integer', minimum: 1, maximum: 9 },
    ],
    [
      'required names must exist',
      object({ a: STRING }, { required: ['a', 'gone', 5] }),
      object({ a: STRING }, { required: ['a'] }),
    ],
    [
      'properties may be called like keywords',
      object({ $ref: STRING, enum: STRING, type: STRING, properties: object({ definitions: STRING }), allOf: STRING }),
      object({ $ref: STRING, enum: STRING, type: STRING, properties: object({ definitions: STRING }), allOf: STRING }),
    ],
    ['a property that may be anything', object({ a: true }), object({ a: { type: 'object' } })],
    ['no object at all', [1], { type: 'object' }],
  ])('%s', (_name, schema, expected) => {
    expect(clean(schema)).toEqual(expected);
  });

  it('refuses references that explode', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, level) => [
        `L${level}`,
        object({ a: { $ref: `#/$defs/L${level + 1}` }, b: { $ref: `#/$defs/L${level + 1}` } }),
      ]),
    );
    expect(() => clean({ $defs, $ref: '#/$defs/L0' })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('fromGeminiSchema', () => {
  const convert = (schema: unknown): unknown => JSON.parse(fromGeminiSchema(new RawJson(JSON.stringify(schema))).text);

  it('writes types as JSON Schema does', () => {
    const schema = {
      type: 'OBJECT',
      properties: {
        type: { type: 'STRING', nullable: true, enum: ['a'], format: 'enum' },
        list: { type: 'ARRAY', items: { type: 'NUMBER' }, minItems: '2' },
        either: { anyOf: [{ type: 'STRING' }, { type: 'BOOLEAN' }], nullable: true },
        any: { type: 'TYPE_UNSPECIFIED' },
      },
      propertyOrdering: ['type'],
      required: ['type'],
    };
    expect(convert(schema)).toEqual({
      type: 'object',
      properties: {
        type: { type: ['string', 'null'], enum: ['a', null] },
        list: { type: 'array', items: { type: 'number' }, minItems: 2 },
        either: { anyOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'null' }] },
        any: {},
      },
      required: ['type'],
    });
  });

  it('survives the way back', () => {
    const schema = object({ a: { type: 'string', nullable: true } }, { required: ['a'] });
    expect(toGeminiSchema(fromGeminiSchema(new RawJson(JSON.stringify(schema))))).toEqual(schema);
  });
});
