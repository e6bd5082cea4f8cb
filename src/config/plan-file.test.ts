import { describe, expect, it } from '@jest/globals';
import { fillTemplate, loadConfig, readPlan, zeroConfigText } from './index';

const TEXT = 'version: v0.4.0\nlisteners: []\nmodel_providers: [{model: openai/a, access_key: $K}]\n';

async function planJson(): Promise<string> {
  const { plan } = await loadConfig('config.yaml', { env: {}, text: TEXT });
  return JSON.stringify(plan);
}

describe('a Plan in a file', () => {
  it('is read back equal and frozen, whatever the order of its keys', async () => {
    const json = await planJson();
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json) as object).reverse()));
    expect(readPlan(reordered)).toEqual(JSON.parse(json));
    expect(Object.isFrozen(readPlan(json).models[0])).toBe(true);
  });

  it.each([
    ['other bytes', () => 'not json', /not JSON/],
    ['other JSON', () => '[]', /not a Plan/],
    ['another format', (json: string) => json.replace('"format":1', '"format":99'), /format 99/],
    [
      'a changed value',
      (json: string) => json.replace('api.openai.com', 'evil.example.com'),
      /changed after it was written/,
    ],
    ['a lost value', (json: string) => json.replace('"default":false', '"x":1'), /changed after it was written/],
  ])('is refused with %s', async (_name, change, message) => {
    const json = change(await planJson());
    expect(() => readPlan(json)).toThrow(message);
  });
});

describe('templates', () => {
  it('are filled completely or not at all', () => {
    const template = ['Bearer ', { env: 'A' }, '-', { env: 'B' }] as const;
    expect(
      fillTemplate(
        template,
        new Map([
          ['A', '1'],
          ['B', '2'],
        ]),
      ),
    ).toBe('Bearer 1-2');
    expect(fillTemplate(template, new Map([['A', '1']]))).toBeUndefined();
    expect(fillTemplate([], new Map())).toBe('');
  });
});

describe('zero configuration', () => {
  it('offers the models of every provider whose key is set', async () => {
    const env = { OPENAI_API_KEY: 'a', GROQ_API_KEY: 'b', ANTHROPIC_API_KEY: '' };
    const text = zeroConfigText(env) ?? '';
    const { plan, problems } = await loadConfig('zero configuration', { env, text });
    expect(problems).toEqual([]);
    expect(plan?.listeners).toMatchObject([{ address: '127.0.0.1', port: 12000, implicit: true }]);
    expect(plan?.models.map(({ name, model }) => [name, model]).sort()).toEqual([
      ['groq', 'groq/*'],
      ['openai', 'openai/*'],
    ]);
  });

  it('is nothing without keys', () => {
    expect(zeroConfigText({})).toBeUndefined();
    expect(zeroConfigText({ OPENAI_API_KEY: '' })).toBeUndefined();
  });
});
