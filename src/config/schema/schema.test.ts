import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CONFIG_SCHEMA } from './index';

const FIXTURES = join(__dirname, '../../../test/fixtures/config');

/** As an editor would see the file: no migrations, no environment, YAML 1.2. */
function accepts(folder: string, name: string): boolean {
  const text = readFileSync(join(FIXTURES, folder, name), 'utf8');
  return validate(parse(text, { merge: true, uniqueKeys: false }));
}

const validate = new Ajv({ strict: false }).compile(CONFIG_SCHEMA);

/** What only YAML 1.1, as Python reads it, understands: `yes`, `50_000_000`. */
const NEEDS_YAML_1_1 = ['yaml-features.yaml'];

describe('the JSON Schema', () => {
  it('is a valid draft-07 schema', () => {
    const ajv = new Ajv();
    expect(ajv.validateSchema(CONFIG_SCHEMA)).toBe(true);
  });

  it('describes every property', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        const properties = key === 'properties' ? Object.entries(value as object) : [];
        for (const [name, property] of properties) {
          const isCondition = path.endsWith('.if') || path.endsWith('.then') || path.endsWith('.else');
          if (!isCondition && !Object.hasOwn(property as object, 'description')) undescribed.push(`${path}.${name}`);
        }
        walk(value, `${path}.${key}`);
      }
    };
    walk(CONFIG_SCHEMA, '');
    expect(undescribed).toEqual([]);
  });

  it('accepts the valid files in an editor too', () => {
    const names = readdirSync(join(FIXTURES, 'valid')).filter((name) => !NEEDS_YAML_1_1.includes(name));
    expect(names.filter((name) => !accepts('valid', name))).toEqual([]);
  });

  it.each(['enums.yaml', 'missing-keys.yaml', 'unknown-keys.yaml', 'wrong-types.yaml', 'version-v0-5-0.yaml'])(
    'refuses %s in an editor too',
    (name) => {
      expect(accepts('invalid', name)).toBe(false);
    },
  );
});
