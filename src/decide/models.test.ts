import { describe, expect, it } from '@jest/globals';
import { type AliasPlan, type ModelPlan, type Plan, PLAN_FORMAT } from '../config/plan';
import { findProvider } from '../providers/registry';
import { GatewayError } from '../wire/errors';
import { createModelDirectory, type ModelDecision, type ModelDirectory, pickOrder } from './models';

/** A model entry as `config` resolves it: the interface stands in for vendors that nobody knows. */
function entry(model: string, extra: Partial<ModelPlan> = {}): ModelPlan {
  const slash = model.indexOf('/');
  const prefix = model.slice(0, slash);
  const modelId = model.slice(slash + 1);
  return {
    name: model,
    model,
    provider: findProvider(prefix)?.id ?? 'openai',
    prefix,
    modelId,
    wildcard: modelId.endsWith('*'),
    upstream: `provider:${prefix}`,
    passthroughAuth: false,
    headers: {},
    default: false,
    ...extra,
  };
}

function planOf(models: readonly ModelPlan[], aliases: readonly AliasPlan[] = []): Plan {
  return {
    format: PLAN_FORMAT,
    hash: '',
    source: 'config.yaml',
    listeners: [],
    upstreams: [],
    agents: [],
    models,
    aliases,
    preferences: [],
    filters: [],
    promptTargets: [],
    limits: { maxRequestBytes: 1 },
    egress: {},
    routing: {},
    telemetry: { samplingPercent: 0, headerPrefixes: [], staticAttributes: {} },
    secretNames: [],
  };
}

function directory(models: readonly (string | ModelPlan)[], aliases: readonly AliasPlan[] = []): ModelDirectory {
  return createModelDirectory(
    planOf(
      models.map((model) => (typeof model === 'string' ? entry(model) : model)),
      aliases,
    ),
  );
}

/** `entry name=model id` per place, candidates of one place joined by `|`. */
function places(decision: ModelDecision): string[] {
  return decision.places.map((place) =>
    place.map(({ candidate }) => `${candidate.model.name}=${candidate.modelId}`).join('|'),
  );
}

function failure(run: () => unknown): GatewayError {
  try {
    run();
  } catch (reason) {
    if (reason instanceof GatewayError) return reason;
    throw reason;
  }
  throw new Error('nothing was thrown');
}

interface Case {
  readonly what: string;
  readonly models: readonly (string | ModelPlan)[];
  readonly aliases?: readonly AliasPlan[];
  readonly ask: string | undefined;
  readonly places: readonly string[];
  readonly by: ModelDecision['decidedBy'];
}

const target = (model: string, weight = 1) => ({ model, weight });
const named = (name: string, model: string, extra: Partial<ModelPlan> = {}) => entry(model, { name, ...extra });

const CASES: readonly Case[] = [
  {
    what: 'full model string',
    models: ['openai/gpt-4o', 'azure_openai/gpt-4o'],
    ask: 'azure_openai/gpt-4o',
    places: ['azure_openai/gpt-4o=gpt-4o'],
    by: 'name',
  },
  {
    what: 'bare id of several vendors, in file order',
    models: ['openai/gpt-4o', 'anthropic/claude-sonnet-4', 'azure_openai/gpt-4o'],
    ask: 'gpt-4o',
    places: ['openai/gpt-4o=gpt-4o', 'azure_openai/gpt-4o=gpt-4o'],
    by: 'name',
  },
  {
    what: 'own name wins over the bare id of others',
    models: ['openai/gpt-4o', named('gpt-4o', 'together_ai/llama')],
    ask: 'gpt-4o',
    places: ['gpt-4o=llama'],
    by: 'name',
  },
  {
    what: 'one model with two keys is tried in file order',
    models: [named('first', 'openai/gpt-4o'), named('second', 'openai/gpt-4o')],
    ask: 'openai/gpt-4o',
    places: ['first=gpt-4o', 'second=gpt-4o'],
    by: 'name',
  },
  {
    what: 'bare id that holds a slash',
    models: ['together_ai/meta/llama-3'],
    ask: 'meta/llama-3',
    places: ['together_ai/meta/llama-3=meta/llama-3'],
    by: 'name',
  },
  {
    what: 'stranger as prefix: the rest is the name',
    models: ['openai/gpt-4o', 'azure_openai/gpt-4o'],
    ask: 'litellm/gpt-4o',
    places: ['openai/gpt-4o=gpt-4o', 'azure_openai/gpt-4o=gpt-4o'],
    by: 'name',
  },
  {
    what: 'stranger as prefix before a known bare id of a wildcard',
    models: ['openai/*'],
    ask: 'litellm/gpt-4o',
    places: ['openai/*=gpt-4o'],
    by: 'wildcard',
  },
  {
    what: 'another spelling of the same vendor',
    models: ['gemini/gemini-2.5-pro', 'openrouter/gemini-2.5-pro'],
    ask: 'google/gemini-2.5-pro',
    places: ['gemini/gemini-2.5-pro=gemini-2.5-pro'],
    by: 'name',
  },
  {
    what: 'wildcard with an id that no catalog knows',
    models: ['openai/*'],
    ask: 'openai/ft:gpt-4o:acme',
    places: ['openai/*=ft:gpt-4o:acme'],
    by: 'wildcard',
  },
  {
    what: 'wildcard, id with slashes',
    models: ['openrouter/*'],
    ask: 'openrouter/meta/llama-3',
    places: ['openrouter/*=meta/llama-3'],
    by: 'wildcard',
  },
  {
    what: 'wildcard, bare id from the catalog',
    models: ['anthropic/*', 'openai/*'],
    ask: 'gpt-4o',
    places: ['openai/*=gpt-4o'],
    by: 'wildcard',
  },
  {
    what: 'bare id that two wildcards offer, in file order',
    models: ['azure_openai/*', 'openai/*'],
    ask: 'gpt-4o',
    places: ['azure_openai/*=gpt-4o', 'openai/*=gpt-4o'],
    by: 'wildcard',
  },
  {
    what: 'explicit entry instead of the wildcard beside it',
    models: ['openai/*', named('fast', 'openai/gpt-4o-mini')],
    ask: 'openai/gpt-4o-mini',
    places: ['fast=gpt-4o-mini'],
    by: 'name',
  },
  {
    what: 'explicit bare id instead of a wildcard that offers it',
    models: ['openai/*', 'azure_openai/gpt-4o'],
    ask: 'gpt-4o',
    places: ['azure_openai/gpt-4o=gpt-4o'],
    by: 'name',
  },
  {
    what: 'wildcard of the named vendor before a reseller with that id',
    models: ['openrouter/openai/gpt-4o', 'openai/*'],
    ask: 'openai/gpt-4o',
    places: ['openai/*=gpt-4o'],
    by: 'wildcard',
  },
  {
    what: "id that begins with the vendor's own name",
    models: ['openrouter/*', 'openrouter/openrouter/auto'],
    ask: 'openrouter/auto',
    places: ['openrouter/openrouter/auto=openrouter/auto'],
    by: 'name',
  },
  {
    what: 'wildcard under a vendor alias',
    models: [entry('google/*')],
    ask: 'google/gemini-2.5-pro',
    places: ['google/*=gemini-2.5-pro'],
    by: 'wildcard',
  },
  {
    what: "wildcard under a vendor alias, asked with the vendor's id",
    models: [entry('google/*')],
    ask: 'gemini/gemini-9',
    places: ['google/*=gemini-9'],
    by: 'wildcard',
  },
  {
    what: 'wildcard asked for by its own name',
    models: [named('team', 'openai/*')],
    ask: 'team/gpt-4o',
    places: ['team=gpt-4o'],
    by: 'wildcard',
  },
  {
    what: 'two wildcards of one vendor',
    models: [named('a', 'openai/*'), named('b', 'openai/*')],
    ask: 'openai/gpt-4o',
    places: ['a=gpt-4o', 'b=gpt-4o'],
    by: 'wildcard',
  },
  {
    what: 'custom wildcard',
    models: ['custom/*'],
    ask: 'custom/anything:7b',
    places: ['custom/*=anything:7b'],
    by: 'wildcard',
  },
  {
    what: 'nested wildcard before the general one',
    models: ['openrouter/*', 'openrouter/meta/*'],
    ask: 'openrouter/meta/llama-3',
    places: ['openrouter/meta/*=meta/llama-3'],
    by: 'wildcard',
  },
  {
    what: 'alias before a model of the same name',
    models: ['openai/gpt-4o', 'anthropic/claude-sonnet-4'],
    aliases: [{ name: 'gpt-4o', targets: [[target('anthropic/claude-sonnet-4')]] }],
    ask: 'gpt-4o',
    places: ['anthropic/claude-sonnet-4=claude-sonnet-4'],
    by: 'alias',
  },
  {
    what: 'alias with an ordered list and a shared place',
    models: ['openai/gpt-4o', 'anthropic/claude-sonnet-4', 'groq/llama'],
    aliases: [
      {
        name: 'best',
        targets: [[target('openai/gpt-4o', 3), target('groq/llama')], [target('anthropic/claude-sonnet-4')]],
      },
    ],
    ask: 'best',
    places: ['openai/gpt-4o=gpt-4o|groq/llama=llama', 'anthropic/claude-sonnet-4=claude-sonnet-4'],
    by: 'alias',
  },
  {
    what: 'missing model: the default',
    models: ['openai/gpt-4o', entry('groq/llama', { default: true })],
    ask: undefined,
    places: ['groq/llama=llama'],
    by: 'default',
  },
  {
    what: 'empty model: the default',
    models: ['openai/gpt-4o', entry('groq/llama', { default: true })],
    ask: '',
    places: ['groq/llama=llama'],
    by: 'default',
  },
  {
    what: 'the word none: the default',
    models: ['openai/gpt-4o', entry('groq/llama', { default: true })],
    ask: 'none',
    places: ['groq/llama=llama'],
    by: 'default',
  },
  {
    what: 'a model called none',
    models: [named('none', 'openai/gpt-4o'), entry('groq/llama', { default: true })],
    ask: 'none',
    places: ['none=gpt-4o'],
    by: 'name',
  },
  {
    what: 'missing model: the only one',
    models: ['groq/llama'],
    ask: undefined,
    places: ['groq/llama=llama'],
    by: 'default',
  },
];

describe('resolve', () => {
  it.each(CASES)('$what ($ask)', ({ models, aliases, ask, places: expected, by }) => {
    const decision = directory(models, aliases).resolve(ask);
    expect(places(decision)).toEqual(expected);
    expect(decision.decidedBy).toBe(by);
    expect(decision.requested).toBe(ask);
    expect(decision.reason).toMatch(/\.$/);
  });

  it('hands over the row of the vendor', () => {
    expect(
      directory(['anthropic/claude-sonnet-4']).resolve('claude-sonnet-4').places[0]?.[0]?.candidate.provider.id,
    ).toBe('anthropic');
  });
});

interface Refusal {
  readonly what: string;
  readonly models: readonly (string | ModelPlan)[];
  readonly ask: string | undefined;
  readonly code: string;
  readonly hint: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  { what: 'unknown name', models: ['openai/gpt-4o'], ask: 'llama', code: 'model_not_found', hint: /^GET \/v1\/models/ },
  { what: 'mistyped bare id', models: ['openai/gpt-4o'], ask: 'gtp-4o', code: 'model_not_found', hint: /"gpt-4o"/ },
  {
    what: 'mistyped id of a wildcard',
    models: ['anthropic/*'],
    ask: 'claude-sonet-4',
    code: 'model_not_found',
    hint: /"anthropic\/claude-sonnet-4"|"claude-sonnet-4"/,
  },
  {
    what: 'vendor A named, only vendor B configured',
    models: ['azure_openai/gpt-4o'],
    ask: 'openai/gpt-4o',
    code: 'model_not_found',
    hint: /"azure_openai\/gpt-4o"/,
  },
  {
    what: 'custom vendor A named, vendor B has the id',
    models: ['custom/small', 'openai/gpt-4o'],
    ask: 'custom/gpt-4o',
    code: 'model_not_found',
    hint: /"openai\/gpt-4o"/,
  },
  { what: 'wildcard without an id', models: ['openai/*'], ask: 'openai/', code: 'model_not_found', hint: /GET/ },
  { what: 'the wildcard itself', models: ['openai/*'], ask: 'openai/*', code: 'model_not_found', hint: /GET/ },
  { what: 'climbing id', models: ['azure_openai/*'], ask: 'azure_openai/../x', code: 'model_not_found', hint: /GET/ },
  { what: 'id with a line break', models: ['openai/*'], ask: 'openai/a\r\nb', code: 'model_not_found', hint: /GET/ },
  {
    what: 'no model, no default',
    models: ['openai/a', 'openai/b'],
    ask: undefined,
    code: 'no_model',
    hint: /default: true/,
  },
  { what: 'no model, a lone wildcard', models: ['openai/*'], ask: undefined, code: 'no_model', hint: /default: true/ },
  {
    what: 'the word none, no default',
    models: ['openai/a', 'openai/b'],
    ask: 'none',
    code: 'no_model',
    hint: /default/,
  },
];

describe('refusals', () => {
  it.each(REFUSALS)('$what', ({ models, ask, code, hint }) => {
    const error = failure(() => directory(models).resolve(ask));
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
  });

  it('quote a long name in part and stay quick', () => {
    const error = failure(() => directory(['openai/*']).resolve('x'.repeat(1_000_000)));
    expect(error.status).toBe(404);
    expect(error.message.length).toBeLessThan(200);
  });

  it('find contradictions of the Plan at the start', () => {
    expect(() => directory(['openai/gpt-4o'], [{ name: 'a', targets: [[target('gone')]] }])).toThrow(/gone/);
    expect(() => directory([entry('x/y', { provider: 'nobody' })])).toThrow(/nobody/);
  });
});

describe('list', () => {
  const ids = (models: readonly (string | ModelPlan)[]) =>
    directory(models)
      .list()
      .map(({ id }) => id);

  it('shows names and aliases, sorted, with the owner', () => {
    const models = [named('fast', 'groq/llama'), 'openai/gpt-4o', 'anthropic/claude-sonnet-4', 'custom/m'];
    const aliases = [{ name: 'best', targets: [[target('anthropic/claude-sonnet-4')]] }];
    expect(directory(models, aliases).list()).toEqual([
      { id: 'anthropic/claude-sonnet-4', ownedBy: 'Anthropic' },
      { id: 'best', ownedBy: 'Anthropic' },
      { id: 'custom/m', ownedBy: 'OpenAI' },
      { id: 'fast', ownedBy: 'Groq' },
      { id: 'openai/gpt-4o', ownedBy: 'OpenAI' },
    ]);
  });

  it.each([
    ['openai/*', 84],
    ['chatgpt/*', 6],
    ['google/*', 37],
    ['custom/*', 0],
    ['openrouter/*', 0],
  ])('expands %s to %i models', (model, size) => {
    expect(ids([model])).toHaveLength(size);
  });

  it('shows an explicit model and its wildcard twin once', () => {
    const shown = ids(['openai/*', 'anthropic/*', 'openai/gpt-4o', 'ollama/llama3.1']);
    expect(shown).toHaveLength(84 + 17 + 1);
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown).toEqual([...shown].sort());
  });

  it('shows nothing that resolve() would refuse', () => {
    const models = directory(['openai/*', 'google/*', named('fast', 'openai/gpt-4o'), named('team', 'anthropic/*')]);
    for (const { id } of models.list()) expect(models.resolve(id).places.length).toBeGreaterThan(0);
  });
});

describe('pickOrder', () => {
  /** Park-Miller generator: the same numbers in every run. */
  function seeded(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
  }

  function shares(weights: readonly number[], rounds: number): number[] {
    const models = weights.map((_, index) => `openai/m${index}`);
    const aliases = [{ name: 'mix', targets: [weights.map((weight, index) => target(`openai/m${index}`, weight))] }];
    const decision = directory(models, aliases).resolve('mix');
    const random = seeded(7);
    const counts = weights.map(() => 0);
    for (let round = 0; round < rounds; round += 1) {
      const index = models.indexOf(pickOrder(decision, random)[0]?.model.name ?? '');
      counts[index] = (counts[index] ?? 0) + 1;
    }
    return counts.map((count) => count / rounds);
  }

  it.each([[[1, 1]], [[3, 1]], [[70, 20, 10]], [[1, 0, 1]]])('splits a place by the weights %j', (weights) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    shares(weights, 20_000).forEach((share, index) => {
      expect(Math.abs(share - (weights[index] ?? 0) / total)).toBeLessThan(0.015);
    });
  });

  it('keeps the order of places and takes one candidate of each', () => {
    const decision = directory(['openai/gpt-4o', 'azure_openai/gpt-4o', 'groq/gpt-4o']).resolve('gpt-4o');
    expect(pickOrder(decision, () => 0.99).map(({ model }) => model.prefix)).toEqual([
      'openai',
      'azure_openai',
      'groq',
    ]);
  });

  it.each([0, 0.5, 0.999_999_999])('always finds a candidate (%f)', (share) => {
    const aliases = [{ name: 'idle', targets: [[target('openai/a', 0), target('openai/b', 0)], [target('openai/b')]] }];
    const decision = directory(['openai/a', 'openai/b'], aliases).resolve('idle');
    expect(pickOrder(decision, () => share)).toHaveLength(2);
  });
});
