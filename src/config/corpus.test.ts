import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, readPlan } from './index';
import type { Problem } from './problem';

const ROOT = join(__dirname, '../../test/fixtures/config');

interface Case {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly expected: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Comment lines at the top of a case: `# expect: code@line:column …` (or `nothing`), `# env: NAME=value …`,
 * `# unset: NAME …`. Variables that the file refers to are set unless it says otherwise.
 */
function cases(folder: string): readonly Case[] {
  return readdirSync(join(ROOT, folder)).map((name) => {
    const file = join(ROOT, folder, name);
    const text = readFileSync(file, 'utf8');
    const words = (key: string): string[] =>
      (new RegExp(`^# ${key}: (.*)$`, 'm').exec(text)?.[1] ?? '').split(' ').filter((word) => word !== '');
    const unset = words('unset');
    const named = [...text.matchAll(/\$\{?(\w+)/g)].map((match) => match[1] ?? '');
    const env: Record<string, string> = {};
    for (const variable of named) if (!unset.includes(variable)) env[variable] = 'value';
    for (const pair of words('env')) env[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
    return { name, file, text, expected: words('expect').filter((word) => word !== 'nothing'), env };
  });
}

const told = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, line, column }) => `${code}@${line}:${column}`);

describe('configurations that are valid', () => {
  it.each(cases('valid'))('$name', async ({ file, expected, env }) => {
    const { plan, problems } = await loadConfig(file, { env });
    expect(told(problems)).toEqual(expected);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(readPlan(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('configurations that are invalid', () => {
  it.each(cases('invalid'))('$name', async ({ file, expected, env }) => {
    const { plan, problems } = await loadConfig(file, { env });
    expect(told(problems)).toEqual(expected);
    expect(plan).toBeUndefined();
    for (const problem of problems) {
      expect(problem.message).toMatch(/[.?]$/);
      expect(problem.why).toMatch(/[.?]$/);
      expect(problem.fix).toMatch(/[.?]$/);
    }
  });
});

describe('line ends and byte order marks', () => {
  const { text, env } = cases('invalid').find(({ name }) => name === 'everything-at-once.yaml') as Case;

  it.each([
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${text}`],
  ])('%s changes no place', async (_name, changed) => {
    const [plain, other] = await Promise.all(
      [text, changed].map((content) => loadConfig('config.yaml', { env, text: content })),
    );
    expect(told(other?.problems ?? [])).toEqual(told(plain?.problems ?? []));
    expect(plain?.problems.length).toBeGreaterThan(5);
  });
});
