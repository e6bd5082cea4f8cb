import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_TABLE } from '../../src/wire';

const TEXT = readFileSync(path.resolve(__dirname, '../../docs/errors.md'), 'utf8');
const ROWS = [...TEXT.matchAll(/^\| `([a-z_]+)`\s*\| (\d+)\s*\| (.+?)\s*\| (.+?)\s*\|$/gm)];

describe('docs/errors.md', () => {
  it('lists the codes of the table, in its order, with status and advice', () => {
    const documented = ROWS.map(([, code, status, , hint]) => [code, Number(status), hint]);
    expect(documented).toEqual(Object.entries(ERROR_TABLE).map(([code, { status, hint }]) => [code, status, hint]));
  });
});
