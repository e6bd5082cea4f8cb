import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { DialectId } from '../wire/api';
import catalog from './catalog.json';
import { PROVIDERS } from './index';
import type { Provider } from './provider';
import { catalogModels, chooseDialect, findProvider, interfaceIds, providerIds, upstreamPath } from './registry';

function providerCalled(id: string): Provider {
  const provider = findProvider(id);
  if (!provider) throw new Error(`no provider ${id}`);
  return provider;
}

/** The path a client's call takes at a vendor; undefined when the vendor cannot be called. */
function pathOf(
  id: string,
  client: DialectId,
  basePath?: string,
  prefix?: string,
  modelId = 'm-1',
): string | undefined {
  const provider = providerCalled(id);
  const row = chooseDialect(provider, client, modelId);
  if (!row) return undefined;
  const custom = prefix === undefined ? {} : { prefix };
  return upstreamPath(provider, { ...row, client, basePath, modelId, stream: false, ...custom });
}

const AZURE_PATH = '/openai/deployments/m-1/chat/completions?api-version=2025-01-01-preview';

// Vendor, then the path for a client of chat completions, of Messages and of Responses (-: cannot be called).
const PATHS: readonly (readonly [string, string, string, string])[] = [
  ['amazon_bedrock', '/model/m-1/converse', '/model/m-1/converse', '/model/m-1/converse'],
  ['anthropic', '/v1/messages', '/v1/messages', '/v1/messages'],
  ['azure_openai', AZURE_PATH, AZURE_PATH, '/openai/responses?api-version=2025-01-01-preview'],
  ['cohere', '/v2/chat', '/v2/chat', '/v2/chat'],
  ['tgi', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  [
    'vertex_ai',
    '/v1/publishers/google/models/m-1:generateContent',
    '/v1/publishers/google/models/m-1:generateContent',
    '/v1/publishers/google/models/m-1:generateContent',
  ],
  ['vllm', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['chatgpt', '/backend-api/codex/chat/completions', '/backend-api/codex/responses', '/backend-api/codex/responses'],
  ['deepseek', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['digitalocean', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['edenai', '/v3/chat/completions', '/v3/chat/completions', '/v3/chat/completions'],
  ['gemini', '/v1beta/openai/chat/completions', '/v1beta/openai/chat/completions', '/v1beta/openai/chat/completions'],
  ['groq', '/openai/v1/chat/completions', '/openai/v1/chat/completions', '/openai/v1/chat/completions'],
  ['minimax', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['mistral', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['moonshotai', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['ollama', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['openai', '/v1/chat/completions', '/v1/chat/completions', '/v1/responses'],
  ['openrouter', '/api/v1/chat/completions', '/api/v1/chat/completions', '/api/v1/chat/completions'],
  ['plano', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  [
    'qwen',
    '/compatible-mode/v1/chat/completions',
    '/compatible-mode/v1/chat/completions',
    '/compatible-mode/v1/chat/completions',
  ],
  ['together_ai', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['vercel', '/v1/chat/completions', '/v1/messages', '/v1/responses'],
  ['xai', '/v1/chat/completions', '/v1/chat/completions', '/v1/responses'],
  ['xiaomi', '/v1/chat/completions', '/v1/chat/completions', '/v1/chat/completions'],
  ['zhipu', '/api/paas/v4/chat/completions', '/api/paas/v4/chat/completions', '/api/paas/v4/chat/completions'],
];

describe('upstream paths without a base_url path', () => {
  it.each(PATHS)('%s', (id, chat, messages, responses) => {
    expect(pathOf(id, 'openai.chat') ?? '-').toBe(chat);
    expect(pathOf(id, 'anthropic.messages') ?? '-').toBe(messages);
    expect(pathOf(id, 'openai.responses') ?? '-').toBe(responses);
  });

  it('covers every vendor', () => {
    expect(PATHS.map(([id]) => id).sort()).toEqual(providerIds());
  });
});

describe('upstream paths with a base_url path', () => {
  const cases: readonly { id: string; basePath: string; client?: DialectId; path: string }[] = [
    { id: 'openai', basePath: 'api/v2', path: '/api/v2/chat/completions' },
    { id: 'openai', basePath: 'api/v2', client: 'openai.responses', path: '/api/v2/responses' },
    { id: 'anthropic', basePath: 'v1', path: '/v1/messages' },
    { id: 'anthropic', basePath: 'anthropic', path: '/anthropic/messages' },
    { id: 'zhipu', basePath: 'api/coding/paas/v4', path: '/api/coding/paas/v4/chat/completions' },
    { id: 'vercel', basePath: 'v1', client: 'anthropic.messages', path: '/v1/messages' },
    { id: 'qwen', basePath: 'v1', path: '/v1/chat/completions' },
    // Groq's base_url is written with and without the version.
    { id: 'groq', basePath: 'openai/v1', path: '/openai/v1/chat/completions' },
    { id: 'groq', basePath: 'openai', path: '/openai/v1/chat/completions' },
    { id: 'groq', basePath: 'v1', path: '/v1/chat/completions' },
    // Gemini's native root holds the compatible API one level deeper; any other path is taken as written.
    { id: 'gemini', basePath: 'v1beta', path: '/v1beta/openai/chat/completions' },
    { id: 'gemini', basePath: 'v1beta/openai', path: '/v1beta/openai/chat/completions' },
    { id: 'gemini', basePath: 'proxy/v1', path: '/proxy/v1/chat/completions' },
    { id: 'amazon_bedrock', basePath: 'proxy/aws', path: '/proxy/aws/model/m-1/converse' },
    {
      id: 'azure_openai',
      basePath: 'gateway/deployments',
      path: '/gateway/deployments/m-1/chat/completions?api-version=2025-01-01-preview',
    },
  ];
  it.each(cases)('$id at $basePath ($client)', ({ id, basePath, client, path }) => {
    expect(pathOf(id, client ?? 'openai.chat', basePath)).toBe(path);
  });

  it('leaves the version out for a custom vendor that has none', () => {
    expect(pathOf('openai', 'openai.chat', undefined, 'perplexity')).toBe('/chat/completions');
    expect(pathOf('openai', 'openai.chat', 'v1', 'perplexity')).toBe('/v1/chat/completions');
    expect(pathOf('openai', 'openai.chat', undefined, 'custom')).toBe('/v1/chat/completions');
  });

  it("asks for Bedrock's stream by path, with the ARN of a model as one segment", () => {
    const modelId = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';
    const request = {
      dialect: 'bedrock.converse',
      client: 'openai.chat',
      basePath: undefined,
      modelId,
      stream: true,
    } as const;
    expect(upstreamPath(providerCalled('amazon_bedrock'), request)).toBe(
      '/model/arn:aws:bedrock:us-east-1:123456789012:inference-profile%2Fus.amazon.nova-lite-v1:0/converse-stream',
    );
  });

  it('keeps a model id inside its path segment', () => {
    expect(pathOf('azure_openai', 'openai.chat', undefined, undefined, 'a/b?c')).toBe(
      '/openai/deployments/a%2Fb%3Fc/chat/completions?api-version=2025-01-01-preview',
    );
  });
});

describe('chooseDialect', () => {
  it("prefers the client's own API over the vendor's favourite", () => {
    expect(chooseDialect(providerCalled('vercel'), 'anthropic.messages')?.dialect).toBe('anthropic.messages');
    expect(chooseDialect(providerCalled('openai'), 'openai.responses')?.dialect).toBe('openai.responses');
  });

  it('translates between chat completions and Messages', () => {
    expect(chooseDialect(providerCalled('anthropic'), 'openai.chat')?.dialect).toBe('anthropic.messages');
    expect(chooseDialect(providerCalled('openai'), 'anthropic.messages')?.dialect).toBe('openai.chat');
  });

  it('translates Responses where the vendor lacks it', () => {
    expect(chooseDialect(providerCalled('groq'), 'openai.responses')?.dialect).toBe('openai.chat');
    expect(chooseDialect(providerCalled('anthropic'), 'openai.responses')?.dialect).toBe('anthropic.messages');
  });

  it('sends text completions as they are where the vendor has them, and as chat elsewhere', () => {
    expect(chooseDialect(providerCalled('openai'), 'openai.completions')?.dialect).toBe('openai.completions');
    expect(chooseDialect(providerCalled('groq'), 'openai.completions')?.dialect).toBe('openai.chat');
    expect(chooseDialect(providerCalled('anthropic'), 'openai.completions')?.dialect).toBe('anthropic.messages');
  });
});

describe('findProvider', () => {
  const aliases: readonly (readonly [string, string])[] = [
    ['google', 'gemini'],
    ['Google', 'gemini'],
    ['together', 'together_ai'],
    ['amazon', 'amazon_bedrock'],
    ['do', 'digitalocean'],
    ['do_ai', 'digitalocean'],
  ];
  it.each(aliases)('%s is %s', (alias, id) => {
    expect(findProvider(alias)?.id).toBe(id);
  });

  it('is case-sensitive about ids and knows no strangers', () => {
    expect(findProvider('OpenAI')).toBeUndefined();
    expect(findProvider('custom')).toBeUndefined();
    expect(findProvider('constructor')).toBeUndefined();
  });
});

describe('the rows', () => {
  it('are one per file, named like the file', () => {
    const files = readdirSync(__dirname)
      .filter((file) => /^[a-z-]+\.ts$/.test(file) && !['index.ts', 'provider.ts', 'registry.ts'].includes(file))
      .map((file) => file.replace(/\.ts$/, '').replaceAll('-', '_'));
    expect(files.sort()).toEqual(providerIds());
  });

  it('use every name once', () => {
    const names = PROVIDERS.flatMap((provider) => [provider.id, ...(provider.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('offer the values of provider_interface that Plano accepts, and those of servers that many run', () => {
    expect(interfaceIds()).toEqual(
      'chatgpt cohere deepseek digitalocean edenai gemini groq mistral moonshotai openai openrouter plano tgi vercel vllm xiaomi'.split(
        ' ',
      ),
    );
  });

  it("read the keys of Plano's zero-configuration start", () => {
    const keys = Object.fromEntries(
      PROVIDERS.filter((row) => row.keyVariable).map(({ id, keyVariable }) => [id, keyVariable]),
    );
    expect(keys).toEqual({
      openai: 'OPENAI_API_KEY',
      anthropic: 'ANTHROPIC_API_KEY',
      gemini: 'GEMINI_API_KEY',
      groq: 'GROQ_API_KEY',
      deepseek: 'DEEPSEEK_API_KEY',
      mistral: 'MISTRAL_API_KEY',
      digitalocean: 'DO_API_KEY',
      vercel: 'AI_GATEWAY_API_KEY',
      openrouter: 'OPENROUTER_API_KEY',
      edenai: 'EDENAI_API_KEY',
    });
  });

  it('lack an address only where every customer has another one', () => {
    expect(PROVIDERS.filter((row) => row.baseUrl === undefined).map((row) => row.id)).toEqual([
      'amazon_bedrock',
      'azure_openai',
      'ollama',
      'plano',
      'qwen',
      'tgi',
      'vertex_ai',
      'vllm',
    ]);
  });

  it('say what is missing where no API can be called', () => {
    for (const row of PROVIDERS.filter(({ dialects }) => dialects.length === 0)) expect(row.notYet).toBeTruthy();
  });
});

describe('catalogModels', () => {
  const sizes: readonly (readonly [string, number])[] = [
    ['openai', 84],
    ['azure_openai', 84],
    ['anthropic', 17],
    ['chatgpt', 6],
    ['gemini', 37],
    ['qwen', 94],
    ['xai', 8],
    ['zhipu', 7],
    ['amazon_bedrock', 11],
    ['minimax', 1],
    ['groq', 0],
    ['ollama', 0],
  ];
  it.each(sizes)('%s offers %i', (id, size) => {
    expect(catalogModels(providerCalled(id))).toHaveLength(size);
  });

  it('lists nothing twice and nothing for nobody', () => {
    const used = new Set(PROVIDERS.map((row) => row.catalog));
    for (const [vendor, models] of Object.entries(catalog.vendors)) {
      expect(used).toContain(vendor);
      expect(new Set(models).size).toBe(models.length);
    }
    for (const key of used) if (key !== undefined) expect(Object.keys(catalog.vendors)).toContain(key);
  });
});
