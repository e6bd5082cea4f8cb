import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = path.join(__dirname, '..');
const VENDOR = `import { CHAT, type Provider } from './provider';

export const provider = {
  id: 'acme',
  displayName: 'acme',
  baseUrl: 'https://api.acme.example/v1',
  dialects: [CHAT],
  auth: 'bearer',
  asInterface: true,
  http2: 'alpn',
} as const satisfies Provider;
`;

let copy: string;

function generate(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(
    path.join(ROOT, 'node_modules/.bin/node'),
    [path.join(ROOT, 'scripts/generate.mts'), '--root', copy, ...options],
    { encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

const inCopy = (file: string) => path.join(copy, file);

describe('npm run gen', () => {
  // Each step changes the same copy of the sources: order matters.
  beforeAll(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'outerloop-generate-'));
    for (const name of ['src', 'docs', 'package.json', '.prettierrc.json']) {
      cpSync(path.join(ROOT, name), inCopy(name), { recursive: true });
    }
    symlinkSync(path.join(ROOT, 'node_modules'), inCopy('node_modules'));
    generate();
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  it('finds nothing to do right after it ran', () => {
    expect(generate('--check')).toEqual({ status: 0, output: 'generated files are fresh\n' });
  });

  it('tells that a new plug-in is not in the index, without writing it', () => {
    const before = readFileSync(inCopy('src/providers/index.ts'), 'utf8');
    writeFileSync(inCopy('src/providers/acme-models.ts'), VENDOR);
    const { status, output } = generate('--check');
    expect(status).toBe(1);
    expect(output).toContain('src/providers/index.ts is stale: run `npm run gen`');
    expect(readFileSync(inCopy('src/providers/index.ts'), 'utf8')).toBe(before);
  });

  it('takes the new plug-in into the index and into the schema', () => {
    expect(generate().status).toBe(0);
    const index = readFileSync(inCopy('src/providers/index.ts'), 'utf8');
    expect(index).toContain("import { provider as acmeModels } from './acme-models';");
    expect(index).toMatch(/const ROWS = \[\s*acmeModels,/);
    expect(readFileSync(inCopy('docs/config.schema.json'), 'utf8')).toContain('"acme"');
    expect(generate('--check').status).toBe(0);
  });

  it('notices an edit of a generated file', () => {
    writeFileSync(inCopy('docs/config.schema.json'), '{}\n');
    const { status, output } = generate('--check');
    expect(status).toBe(1);
    expect(output).toContain('docs/config.schema.json is stale');
  });

  it('refuses a file that is no plug-in', () => {
    writeFileSync(inCopy('src/providers/acme-models.ts'), 'export const something = 1;\n');
    const { status, output } = generate();
    expect(status).toBe(1);
    expect(output).toContain('src/providers/acme-models.ts exports no constant `provider`');
  });
});
