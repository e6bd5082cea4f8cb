/** What the documentation shows must work: configurations load, commands exist, links lead somewhere. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config';

const ROOT = resolve(__dirname, '..', '..');
const KEYS = { OPENAI_API_KEY: 'placeholder', ANTHROPIC_API_KEY: 'placeholder' };

const PAGES = [
  'README.md',
  'bench/README.md',
  'deploy/README.md',
  'examples/travel/README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Fenced YAML that is a whole configuration; fragments (without `version:`) are left alone. */
function configurations(page: string): { page: string; line: number; text: string }[] {
  const content = read(page);
  return [...content.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .map((match) => ({ page, line: content.slice(0, match.index).split('\n').length, text: match[1] ?? '' }))
    .filter(({ text }) => /^version:/m.test(text));
}

describe('configurations in the documentation', () => {
  const snippets = PAGES.flatMap(configurations);

  it('are found', () => {
    expect(snippets.filter(({ page }) => page === 'README.md').length).toBeGreaterThanOrEqual(2);
  });

  it.each(snippets)('$page:$line loads without a problem', async ({ page, text }) => {
    const { plan, problems, missing } = await loadConfig(join(ROOT, dirname(page), 'config.yaml'), { env: KEYS, text });
    expect(problems).toEqual([]);
    expect(missing).toEqual([]);
    expect(plan?.listeners.length).toBeGreaterThan(0);
  });
});

describe('the travel example', () => {
  it('loads without a problem and has its agent and model listeners', async () => {
    const { plan, problems } = await loadConfig(join(ROOT, 'examples/travel/config.yaml'), { env: KEYS });
    expect(problems).toEqual([]);
    expect(plan?.listeners.map(({ type, port }) => `${type} ${port}`).sort()).toEqual(['agent 8001', 'model 12000']);
  });
});

describe.each(PAGES)('%s', (page) => {
  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm (?:run )?(demo|test|check|dev|bench(?::\w+)?|gen)\b/g)].map(
      (match) => match[1],
    );
    expect(named.filter((name) => name !== undefined && scripts[name] === undefined)).toEqual([]);
  });

  it('names source files that exist', () => {
    const named = [...read(page).matchAll(/`((?:src|examples|bench|docs|test|scripts|proto)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('links to files that exist', () => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });
});
