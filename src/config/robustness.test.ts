import { describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCollection, isMap, isScalar, parseDocument, visit, type Document } from 'yaml';
import { loadConfig, renderProblems } from './index';

const VALID = join(__dirname, '../../test/fixtures/config/valid');
const SOURCE = readFileSync(join(VALID, 'every-key.yaml'), 'utf8');

/** Values of every kind that some key cannot take, and texts that could upset what comes after the schema. */
const WRONG: readonly unknown[] = [
  null,
  [],
  {},
  'text',
  '',
  7,
  -1,
  1e300,
  true,
  [[]],
  [null],
  { a: { b: [] } },
  '$',
  '${',
  '__proto__',
  'a/b',
];

/** Every place of the document, as a function that puts a value there. */
function places(document: Document): ((value: unknown) => string)[] {
  const found: ((value: unknown) => string)[] = [];
  visit(document, {
    Pair: (_key, pair, path) => {
      const parent = path.at(-1);
      if (!isMap(parent) || !isScalar(pair.key)) return;
      const old = pair.value;
      found.push((value) => {
        pair.value = document.createNode(value);
        const text = document.toString();
        pair.value = old;
        return text;
      });
    },
  });
  return found;
}

// Thousands of whole files are loaded here, on machines that may be busy.
jest.setTimeout(60_000);

describe('loading', () => {
  const all = places(parseDocument(SOURCE));

  it('never throws, whatever stands where', async () => {
    expect(all.length).toBeGreaterThan(150);
    const broken: string[] = [];
    for (const [index, put] of all.entries()) {
      for (const value of WRONG.filter((_value, turn) => (index + turn) % 5 === 0)) {
        const text = put(value);
        const { plan, problems } = await loadConfig('config.yaml', { env: {}, text });
        const isRefused = problems.some(({ severity }) => severity === 'error');
        const lines = text.split('\n').length;
        const areInside = problems.every(({ line, column }) => line >= 1 && line <= lines && column >= 1);
        if (isRefused === (plan !== undefined) || !areInside) broken.push(text);
        expect(renderProblems(problems, { color: false })).not.toContain('undefined');
      }
    }
    expect(broken).toEqual([]);
  });

  it('survives the removal of any key', async () => {
    const document = parseDocument(SOURCE);
    const texts: string[] = [];
    visit(document, {
      Map: (_key, map) => {
        for (const pair of [...map.items]) {
          const index = map.items.indexOf(pair);
          map.items.splice(index, 1);
          texts.push(document.toString());
          map.items.splice(index, 0, pair);
        }
      },
    });
    expect(texts.length).toBeGreaterThan(150);
    for (const text of texts) {
      const { plan, problems } = await loadConfig('config.yaml', { env: {}, text });
      expect(problems.some(({ severity }) => severity === 'error')).toBe(plan === undefined);
    }
  });

  it('survives files that are cut off anywhere', async () => {
    for (let end = 0; end < SOURCE.length; end += 37) {
      const { plan, problems } = await loadConfig('config.yaml', { env: {}, text: SOURCE.slice(0, end) });
      expect(problems.some(({ severity }) => severity === 'error')).toBe(plan === undefined);
    }
  });

  it.each([
    ['deep nesting', `version: ${'['.repeat(20_000)}`],
    ['a key of 2,000 characters', `${'k'.repeat(2_000)}: 1\nversion: v0.4.0\nlisteners: []\n`],
    [
      'a prototype key',
      'version: v0.4.0\nlisteners: []\n__proto__: {x: 1}\nmodel_aliases: {__proto__: {target: x}, constructor: {target: y}}\n',
    ],
    ['an anchor inside itself', 'version: &a [*a]\nlisteners: []\n'],
    ['a complex key', 'version: v0.4.0\nlisteners: []\n? [a, b]\n: c\n'],
    ['a tag', 'version: !!js/function "x"\nlisteners: !python/object:os.system []\n'],
  ])('refuses %s', async (_name, text) => {
    const { plan, problems } = await loadConfig('config.yaml', { env: {}, text });
    expect(plan).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });

  it('keeps a thousand models fast enough to retype while watching', async () => {
    const models = Array.from({ length: 1_000 }, (_, index) => `  - {model: openai/m${index}, access_key: $K}\n`).join(
      '',
    );
    const started = performance.now();
    const { plan } = await loadConfig('c.yaml', {
      env: { K: 'k' },
      text: `version: v0.4.0\nlisteners: []\nmodel_providers:\n${models}`,
    });
    expect(plan?.models).toHaveLength(1_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the corpus of valid files', () => {
  it('holds collections in block and in flow form', () => {
    const forms = new Set<boolean>();
    for (const name of readdirSync(VALID)) {
      visit(parseDocument(readFileSync(join(VALID, name), 'utf8')), {
        Node: (_key, node) => void (isCollection(node) && forms.add(node.flow === true)),
      });
    }
    expect(forms.size).toBe(2);
  });
});
