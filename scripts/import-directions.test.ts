import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = path.join(__dirname, '..');

/** Files of a made-up checkout; the rules that each of them breaks, none for the good ones. A cycle is told once. */
const FILES: readonly { readonly file: string; readonly text: string; readonly breaks: readonly string[] }[] = [
  { file: 'src/config/plan.ts', text: 'export interface Plan { hash: string }\nexport const FORMAT = 1;', breaks: [] },
  { file: 'src/ports/log.ts', text: 'export interface Log { info(): void }\nexport const LEVEL = 1;', breaks: [] },
  {
    file: 'src/wire/parse.ts',
    text: "import { Buffer } from 'node:buffer';\nexport const parse = Buffer;",
    breaks: [],
  },
  { file: 'src/providers/row.ts', text: "export { parse } from '../wire/parse';", breaks: [] },
  {
    file: 'src/decide/good.ts',
    text: "import type { Plan } from '../config/plan';\nexport type P = Plan;",
    breaks: [],
  },
  { file: 'src/decide/typed.ts', text: "export { LEVEL } from '../ports/log';", breaks: ['decide-imports-types-only'] },
  { file: 'src/decide/clock.ts', text: "export { readFileSync } from 'node:fs';", breaks: ['pure-folders'] },
  { file: 'src/wire/upward.ts', text: "export * from '../decide/good';", breaks: ['wire-imports'] },
  { file: 'src/ports/down.ts', text: "export * from './adapters/quiet';", breaks: ['ports-imports'] },
  { file: 'src/ports/adapters/quiet.ts', text: "import type { Log } from '../log';\nexport type Q = Log;", breaks: [] },
  { file: 'src/pipeline/run.ts', text: "export * from '../ports/adapters/quiet';", breaks: ['pipeline-imports'] },
  { file: 'src/compiler/yaml.ts', text: "export { parse } from 'yaml';", breaks: [] },
  { file: 'src/extproc/yaml.ts', text: "export { parse } from 'yaml';", breaks: ['fence-yaml-ajv-ajv-formats'] },
  { file: 'src/pipeline/grpc.ts', text: "export { status } from '@grpc/grpc-js';", breaks: ['fence-grpc'] },
  {
    file: 'src/cli/left.ts',
    text: "import { right } from './right';\nexport const left = () => right;",
    breaks: ['no-cycles'],
  },
  {
    file: 'src/cli/right.ts',
    text: "import { left } from './left';\nexport const right = () => left;",
    breaks: [],
  },
  { file: 'src/cli/dev.ts', text: "export { describe } from '@jest/globals';", breaks: ['no-development-libraries'] },
  { file: 'src/cli/fake.ts', text: "export * from '../../test/fake';", breaks: ['product-code-alone'] },
  { file: 'test/fake.ts', text: 'export const fake = 1;', breaks: [] },
  { file: 'src/wire/parse.test.ts', text: "export * from '../decide/good';", breaks: [] },
];

interface Cruise {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

describe('import directions', () => {
  let checkout: string;
  const broken = new Map<string, Set<string>>();

  beforeAll(() => {
    checkout = mkdtempSync(path.join(tmpdir(), 'outerloop-imports-'));
    for (const { file, text } of FILES) {
      mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
      writeFileSync(path.join(checkout, file), `${text}\n`);
    }
    for (const name of ['package.json', 'tsconfig.json', 'node_modules']) {
      symlinkSync(path.join(ROOT, name), path.join(checkout, name));
    }
    const config = path.join(ROOT, '.dependency-cruiser.cjs');
    const { stdout, stderr } = spawnSync(
      path.join(ROOT, 'node_modules/.bin/node'),
      [path.join(ROOT, 'node_modules/.bin/depcruise'), 'src', '--config', config, '--output-type', 'json'],
      { cwd: checkout, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    for (const { from, rule } of (JSON.parse(stdout) as Cruise).summary.violations) {
      broken.set(from, (broken.get(from) ?? new Set()).add(rule.name));
    }
  });
  afterAll(() => rmSync(checkout, { recursive: true }));

  it.each(FILES)('$file breaks $breaks', ({ file, breaks }) => {
    expect([...(broken.get(file) ?? [])]).toEqual(breaks);
  });
});
