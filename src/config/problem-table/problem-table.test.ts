import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEM_TABLE } from './index';

const ROOT = join(__dirname, '../../..');

/** Problems of files that cannot be told by a file's content; `load-config.test.ts` meets them. */
const WITHOUT_CONTENT = ['file_unreadable', 'env_file_unreadable'];

describe('the table of problems', () => {
  const page = readFileSync(join(ROOT, 'docs/problems.md'), 'utf8');
  const documented = [...page.matchAll(/^### (\w+)\n\n\*\*(error|warning)\*\* · (.+)\.$/gm)].map(
    ([, code, severity, what]) => [code, severity, what],
  );

  it('says the same as docs/problems.md', () => {
    const table = Object.entries(PROBLEM_TABLE).map(([code, { severity, what }]) => [code, severity, what]);
    expect(documented).toEqual(table);
    expect(page.match(/^### /gm)).toHaveLength(table.length);
  });

  it('holds no problem that never happens', () => {
    const expected = new Set(
      ['valid', 'invalid'].flatMap((folder) => {
        const path = join(ROOT, 'test/fixtures/config', folder);
        return readdirSync(path).flatMap((name) => {
          const [line = ''] = readFileSync(join(path, name), 'utf8').split('\n');
          return [...line.matchAll(/(\w+)@/g)].map((match) => match[1]);
        });
      }),
    );
    const codes = Object.keys(PROBLEM_TABLE).filter((code) => !WITHOUT_CONTENT.includes(code));
    expect(codes.filter((code) => !expected.has(code))).toEqual([]);
  });

  it('speaks in whole sentences', () => {
    for (const { what, why, fix } of Object.values(PROBLEM_TABLE)) {
      expect(what).toMatch(/^[A-Za-z].*[^.]$/);
      expect(`${why} ${fix}`).toMatch(/^[A-Z`].*[.]$/);
    }
  });
});
