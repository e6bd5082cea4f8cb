import { describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type LoadResult, type Plan } from './index';

const MODEL = 'model_providers:\n  - {model: openai/gpt-4o, access_key: $KEY}\n';
const HEAD = 'version: v0.4.0\n';

async function load(text: string, env: Record<string, string> = { KEY: 'value' }): Promise<LoadResult> {
  return loadConfig('config.yaml', { env, text });
}

async function planOf(text: string, env?: Record<string, string>): Promise<Plan> {
  const { plan, problems } = await load(text, env);
  if (plan === undefined) throw new Error(JSON.stringify(problems.map(({ message }) => message)));
  return plan;
}

const codes = ({ problems }: LoadResult): string[] => problems.map(({ code }) => code);

describe('listeners', () => {
  it('adds the implicit model listener on loopback only when there are models and no model listener', async () => {
    const implicit = await planOf(`${HEAD}listeners: []\n${MODEL}`);
    expect(implicit.listeners).toMatchObject([
      { type: 'model', name: 'egress_traffic', address: '127.0.0.1', port: 12000, timeoutMs: 300_000, implicit: true },
    ]);
    const written = await planOf(`${HEAD}listeners: [{type: model, name: llm}]\n${MODEL}`);
    expect(written.listeners).toMatchObject([{ name: 'llm', address: '0.0.0.0', port: 12000, implicit: false }]);
    expect((await planOf(`${HEAD}listeners: []\n`)).listeners).toEqual([]);
  });

  it('turns the old form into a model and a prompt listener', async () => {
    const plan = await planOf(
      `version: v0.1\nlisteners:\n  ingress_traffic: {timeout: 30s}\n  egress_traffic: {address: 127.0.0.1}\nllm_providers:\n  - {model: openai/gpt-4o, access_key: $KEY}\n`,
    );
    expect(plan.listeners).toMatchObject([
      { type: 'model', name: 'egress_traffic', address: '127.0.0.1', port: 12000, timeoutMs: 300_000 },
      { type: 'prompt', name: 'ingress_traffic', address: '0.0.0.0', port: 10000, timeoutMs: 30_000 },
    ]);
  });

  it('merges examples of both agent lists and gives agents 30 seconds', async () => {
    const plan = await planOf(
      `${HEAD}agents: [{id: a, url: "http://a:1", examples: [one, two]}]\nlisteners:\n  - {type: agent, name: n, port: 8001, address: localhost, agents: [{id: a, description: d, examples: [two, three]}]}\n`,
    );
    expect(plan.listeners).toMatchObject([{ address: '127.0.0.1', timeoutMs: 30_000 }]);
    expect(plan.listeners[0]?.agents[0]?.examples).toEqual(['two', 'three', 'one']);
  });

  it.each([
    ['30s', 30_000],
    ['0.5s', 500],
    ['1500ms', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
  ])('reads the duration %s', async (timeout, timeoutMs) => {
    const plan = await planOf(`${HEAD}listeners: [{type: model, name: llm, timeout: ${timeout}}]\n${MODEL}`);
    expect(plan.listeners[0]?.timeoutMs).toBe(timeoutMs);
  });
});

describe('agents', () => {
  it.each([
    ['http://a:1', '/v1/chat/completions', 'a:1'],
    ['http://a/', '/v1/chat/completions', 'a'],
    ['https://A.example.com/api/', '/api/v1/chat/completions', 'a.example.com'],
    ['http://a/v1', '/v1/chat/completions', 'a'],
    ['http://a/x/v1/', '/x/v1/chat/completions', 'a'],
    ['http://a/x/chat/completions', '/x/chat/completions', 'a'],
    ['http://[::1]:9000', '/v1/chat/completions', '[::1]:9000'],
  ])('calls %s at %s', async (url, path, authority) => {
    const plan = await planOf(`${HEAD}listeners: []\nagents: [{id: a, url: "${url}"}]\n`);
    expect(plan.agents).toEqual([{ id: 'a', upstream: 'agent:a', path }]);
    expect(plan.upstreams).toMatchObject([{ id: 'agent:a', kind: 'agent', authority, tls: url.startsWith('https') }]);
  });

  it('keeps IPv6 hosts without brackets', async () => {
    const plan = await planOf(`${HEAD}listeners: []\nagents: [{id: a, url: "http://[::1]:9000"}]\n`);
    expect(plan.upstreams[0]?.host).toBe('::1');
  });
});

describe('models', () => {
  const models = (entries: string): string => `${HEAD}listeners: []\nmodel_providers:\n${entries}`;

  it('knows built-in addresses, also of gateways', async () => {
    const plan = await planOf(
      models(
        '  - {model: openrouter/x, access_key: $KEY}\n  - {model: vercel/y, access_key: $KEY}\n  - {model: edenai/z, access_key: $KEY}\n',
      ),
    );
    expect(plan.upstreams.map(({ id, host, port, tls }) => [id, host, port, tls])).toEqual([
      ['provider:openrouter', 'openrouter.ai', 443, true],
      ['provider:vercel', 'ai-gateway.vercel.sh', 443, true],
      ['provider:edenai', 'api.edenai.run', 443, true],
    ]);
    expect(plan.models.every(({ basePath }) => basePath === undefined)).toBe(true);
  });

  it('describes a custom provider by its interface', async () => {
    const plan = await planOf(
      models('  - {model: custom/gpt-4o, base_url: "http://custom.com/api/v2", provider_interface: openai}\n'),
    );
    expect(plan.upstreams).toMatchObject([{ id: 'provider:openai@custom.com:80', port: 80, tls: false, http2: 'off' }]);
    expect(plan.models).toMatchObject([
      { name: 'custom/gpt-4o', provider: 'openai', prefix: 'custom', modelId: 'gpt-4o', basePath: 'api/v2' },
    ]);
    expect(plan.models[0]).not.toHaveProperty('credential');
  });

  it('shares an upstream between equal places and separates different ones', async () => {
    const plan = await planOf(
      models(
        '  - {model: openai/a, base_url: "https://h/x"}\n' +
          '  - {model: openai/b, base_url: "https://H/y"}\n' +
          '  - {model: openai/c, base_url: "https://h:8443/y"}\n' +
          '  - {model: openai/d, base_url: "https://h", http_host: other.example.com}\n',
      ),
    );
    const [a, b, c, d] = plan.models.map(({ upstream }) => upstream);
    expect([a, b, c]).toEqual(['provider:openai@h:443', 'provider:openai@h:443', 'provider:openai@h:8443']);
    expect(d).toMatch(/^provider:openai@h:443~[0-9a-f]{6}$/);
    expect(plan.upstreams.find(({ id }) => id === d)?.authority).toBe('other.example.com');
    expect(plan.upstreams.find(({ id }) => id === c)?.authority).toBe('h:8443');
  });

  it('is redirected by a variable: origin replaced, path kept unless the variable has one', async () => {
    const text = models(
      '  - {model: openai/a, access_key: $KEY}\n  - {model: openai/b, base_url: "https://h/v9"}\n  - {model: custom/c, base_url: "https://c", provider_interface: openai}\n',
    );
    const plan = await planOf(text, { KEY: 'k', OUTERLOOP_BASE_URL_OPENAI: 'http://localhost:9999/' });
    expect(plan.models.map(({ upstream, basePath }) => [upstream, basePath])).toEqual([
      ['provider:openai@localhost:9999', undefined],
      ['provider:openai@localhost:9999', 'v9'],
      ['provider:openai@c:443', undefined],
    ]);
    const other = await planOf(text, {
      KEY: 'k',
      OUTERLOOP_BASE_URL_OPENAI: 'https://h2/base/v1',
      OUTERLOOP_BASE_URL_CUSTOM: 'http://c2',
    });
    expect(other.models.map(({ upstream, basePath }) => [upstream, basePath])).toEqual([
      ['provider:openai@h2:443', 'base/v1'],
      ['provider:openai@h2:443', 'base/v1'],
      ['provider:openai@c2:80', undefined],
    ]);
  });

  it('lets a redirecting variable stand in for a required base_url', async () => {
    const text = models('  - {model: ollama/llama3}\n');
    expect(codes(await load(text))).toContain('missing_base_url');
    const plan = await planOf(text, { OUTERLOOP_BASE_URL_OLLAMA: 'http://localhost:11434' });
    expect(plan.models[0]?.upstream).toBe('provider:ollama@localhost:11434');
  });

  it('resolves aliases to names, and a bare id to every vendor that has it', async () => {
    const plan = await planOf(
      models(
        '  - {model: openai/gpt-4o, access_key: $KEY}\n' +
          '  - {model: openai/gpt-4o, name: second, access_key: $KEY}\n' +
          '  - {model: together_ai/gpt-4o, access_key: $KEY}\n' +
          'model_aliases:\n  a: {target: gpt-4o}\n  b: {target: second}\n  c: {targets: [second, [{model: openai/gpt-4o, weight: 3}, {model: together_ai/gpt-4o}]]}\n',
      ),
    );
    const one = (model: string, weight = 1): object => ({ model, weight });
    expect(plan.aliases).toEqual([
      { name: 'a', targets: [[one('openai/gpt-4o')], [one('second')], [one('together_ai/gpt-4o')]] },
      { name: 'b', targets: [[one('second')]] },
      { name: 'c', targets: [[one('second')], [one('openai/gpt-4o', 3), one('together_ai/gpt-4o')]] },
    ]);
  });

  it('takes the last of equal wildcards and other spellings of a provider', async () => {
    const plan = await planOf(
      models(
        '  - {model: openai/*, access_key: $KEY}\n  - {model: openai/*, access_key: $LAST}\n  - {model: google/*, access_key: $KEY}\n',
      ),
      { KEY: 'k', LAST: 'l' },
    );
    expect(plan.models).toMatchObject([
      { name: 'openai/*', wildcard: true, modelId: '*', credential: [{ env: 'LAST' }] },
      { name: 'google/*', provider: 'gemini', prefix: 'google' },
    ]);
  });

  it('completes Kimi and ChatGPT entries', async () => {
    const plan = await planOf(
      models(
        '  - {model: openai/kimi-for-coding, base_url: "https://api.kimi.com/coding/", access_key: $KEY}\n' +
          '  - {model: chatgpt/*}\n  - {model: chatgpt/gpt-5.4, access_key: $KEY, headers: {Originator: mine}}\n',
      ),
      { KEY: 'k', CHATGPT_ACCOUNT_ID: 'account' },
    );
    const [kimi, chatgpt, keyed] = plan.models;
    expect(kimi).toMatchObject({ basePath: 'coding/v1', headers: { 'user-agent': ['KimiCLI/1.3'] } });
    expect(chatgpt).toMatchObject({
      passthroughAuth: true,
      upstream: 'provider:chatgpt',
      headers: { 'chatgpt-account-id': [{ env: 'CHATGPT_ACCOUNT_ID' }], originator: ['codex_cli_rs'] },
    });
    expect(keyed).toMatchObject({ passthroughAuth: false, headers: { originator: ['mine'] } });
  });

  it('lifts inline preferences, merging by name, and leaves top-level names alone', async () => {
    const plan = await planOf(
      'version: v0.3.0\nlisteners: []\nmodel_providers:\n' +
        '  - {model: openai/a, access_key: $KEY, routing_preferences: [{name: code, description: first}, {name: top, description: x}]}\n' +
        '  - {model: openai/b, name: named, access_key: $KEY, routing_preferences: [{name: code, description: second}]}\n' +
        'routing_preferences: [{name: top, description: y, models: [a]}]\n',
    );
    expect(plan.preferences).toEqual([
      { name: 'top', description: 'y', models: ['a'], prefer: 'none' },
      { name: 'code', description: 'first', models: ['openai/a', 'named'], prefer: 'none' },
    ]);
  });
});

describe('tracing', () => {
  const traced = (tracing: string): string => `${HEAD}listeners: []\ntracing: {${tracing}}\n`;
  const otlp = async (tracing: string, env: Record<string, string>): Promise<unknown> =>
    (await planOf(traced(tracing), env)).telemetry.otlp;

  it.each([
    [
      'the file first',
      { OTEL_TRACING_GRPC_ENDPOINT: 'http://b:1' },
      'opentracing_grpc_endpoint: "http://a:4317/"',
      { protocol: 'grpc', host: 'a', port: 4317 },
    ],
    [
      'Plano’s variable next',
      { OTEL_TRACING_GRPC_ENDPOINT: 'http://b', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1' },
      '',
      { protocol: 'grpc', host: 'b', port: 4317 },
    ],
    [
      'then the variable for traces',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t:4318/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1' },
      '',
      { protocol: 'http/protobuf', host: 't', port: 4318, tls: true, path: '/x' },
    ],
    [
      'then the general variable',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base' },
      '',
      { protocol: 'http/protobuf', port: 4318, path: '/base/v1/traces' },
    ],
    [
      'gRPC unless the port says otherwise',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' },
      '',
      { protocol: 'grpc', port: 4317 },
    ],
    [
      'the declared protocol above the port',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
      '',
      { protocol: 'http/protobuf', port: 4318, path: '/v1/traces' },
    ],
  ])('takes %s', async (_name, env, written, expected) => {
    expect(await otlp(`random_sampling: 5${written === '' ? '' : `, ${written}`}`, env)).toMatchObject(expected);
  });

  it('adds an upstream exactly when there is something to send', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317' };
    const on = await planOf(traced('random_sampling: 5'), env);
    expect(on.upstreams).toMatchObject([
      { id: 'telemetry:otlp', kind: 'telemetry', host: 'collector', authority: 'collector:4317' },
    ]);
    for (const off of [
      await planOf(traced('random_sampling: 0'), env),
      await planOf(traced('random_sampling: 5'), {}),
      await planOf(traced('random_sampling: 5'), { ...env, OTEL_SDK_DISABLED: 'true' }),
    ]) {
      expect(off.upstreams).toEqual([]);
      expect(off.telemetry).not.toHaveProperty('otlp');
    }
  });
});

describe('variables and secrets', () => {
  const SECRETS = ['sk-live-literal', 'hunter2', 'Bearer literal-token', 'value-of-key', 'db-literal'];
  const text =
    `${HEAD}listeners: []\nmodel_providers:\n` +
    '  - model: openai/a\n    access_key: sk-live-literal\n    headers: {X-Team: search, X-Auth-Token: Bearer literal-token, X-Mixed: "team $KEY"}\n' +
    '  - {model: openai/b, access_key: "${KEY}"}\n' +
    'state_storage: {type: postgres, connection_string: "postgres://u:hunter2@db-literal/x"}\n';

  it('keeps names in the Plan and values beside it', async () => {
    const { plan, secrets, problems } = await load(text, { KEY: 'value-of-key' });
    const [a, b] = plan?.models ?? [];
    const name = a?.credential?.[0];
    expect(name).toEqual({ env: expect.stringMatching(/^OUTERLOOP_LITERAL_[0-9a-f]{12}$/) });
    expect(secrets.get((name as { env: string }).env)).toBe('sk-live-literal');
    expect(a?.headers).toMatchObject({ 'x-team': ['search'], 'x-mixed': ['team ', { env: 'KEY' }] });
    expect(b?.credential).toEqual([{ env: 'KEY' }]);
    expect(secrets.get('KEY')).toBe('value-of-key');
    const visible = JSON.stringify([plan, problems]);
    for (const secret of SECRETS) expect(visible).not.toContain(secret);
    expect(codes({ problems } as LoadResult).filter((code) => code === 'literal_secret')).toHaveLength(3);
  });

  it('names a literal by its place, not by its value', async () => {
    const before = await planOf(text, { KEY: 'k' });
    const after = await planOf(text.replace('sk-live-literal', 'sk-another'), { KEY: 'k' });
    expect(after.hash).toBe(before.hash);
  });

  it('lists missing variables with every place that needs them, and warns once for each', async () => {
    const { plan, missing, problems } = await load(
      `${HEAD}listeners: []\nmodel_providers:\n  - {model: openai/a, access_key: $A}\n  - {model: openai/b, access_key: $A, headers: {x: $B}}\n` +
        'endpoints: {e: {endpoint: "e:1"}}\nprompt_targets:\n  - {name: t, description: d, endpoint: {name: e, path: /, http_headers: {Authorization: "Bearer $C"}}}\n',
      { B: '' },
    );
    expect(plan).toBeDefined();
    expect(missing.map(({ name, line }) => [name, line])).toEqual([
      ['A', 4],
      ['A', 5],
      ['B', 5],
      ['C', 8],
    ]);
    expect(problems.filter(({ code }) => code === 'missing_variable').map(({ severity }) => severity)).toEqual([
      'warning',
      'warning',
      'warning',
    ]);
  });

  it('reads .env beside the file, and lets the shell win', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outerloop-config-'));
    try {
      const file = join(folder, 'config.yaml');
      await writeFile(
        file,
        `${HEAD}listeners: []\nmodel_providers:\n  - {model: openai/a, access_key: $A}\n  - {model: openai/b, access_key: $B}\n`,
      );
      await writeFile(join(folder, '.env'), '# comment\nexport A="from file" # tail\nB=from file\n');
      const { secrets, missing } = await loadConfig(file, { env: { B: 'from shell' } });
      expect([...secrets]).toEqual([
        ['A', 'from file'],
        ['B', 'from shell'],
      ]);
      expect(missing).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('resolves references in addresses but never in free text', async () => {
    const plan = await planOf(
      `${HEAD}agents: [{id: a, url: "http://$HOST:\${PORT}/"}]\nlisteners:\n  - {type: agent, name: n, port: $LISTEN, agents: [{id: a, description: costs $HOST}]}\nsystem_prompt: $HOST\n`,
      { HOST: 'agents', PORT: '9000', LISTEN: '8001' },
    );
    expect(plan.upstreams).toMatchObject([{ host: 'agents', port: 9000 }]);
    expect(plan.listeners).toMatchObject([{ port: 8001, agents: [{ description: 'costs $HOST' }] }]);
    expect(plan.systemPrompt).toBe('$HOST');
  });
});

describe('the Plan', () => {
  it('is the same for the same file, and frozen to the bottom', async () => {
    const text = `${HEAD}listeners: []\n${MODEL}`;
    const [first, second] = [await planOf(text), await planOf(text)];
    expect(second).toEqual(first);
    expect(Object.isFrozen(first.models[0]?.headers)).toBe(true);
    expect((await planOf(`${text}system_prompt: x\n`)).hash).not.toBe(first.hash);
    const elsewhere = await loadConfig('/etc/other.yaml', { env: { KEY: 'value' }, text });
    expect(elsewhere.plan?.hash).toBe(first.hash);
  });

  it('marks what protects and is missing', async () => {
    const { problems } = await load(
      `${HEAD}filters: [{id: f, url: "http://f:1"}]\nlisteners: [{type: model, name: llm, input_filters: [f]}]\n${MODEL}prompt_targets: []\nsystem_prompt: x\n`,
    );
    expect(problems.map(({ code, refusesStart }) => [code, refusesStart])).toEqual([
      ['not_yet', true],
      ['not_yet', undefined],
    ]);
  });
});

describe('files', () => {
  it.each([
    ['that do not exist', 'no/such/config.yaml'],
    ['that are folders', __dirname],
  ])('%s are one problem', async (_name, file) => {
    const result = await loadConfig(file, { env: {} });
    expect(codes(result)).toEqual(['file_unreadable']);
    expect(result.plan).toBeUndefined();
  });

  it('that are no UTF-8 are one problem', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outerloop-config-'));
    try {
      await writeFile(join(folder, 'c.yaml'), Buffer.from([0x76, 0xff, 0xfe]));
      expect(codes(await loadConfig(join(folder, 'c.yaml'), { env: {} }))).toEqual(['yaml_syntax']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('named .env that cannot be read are a warning', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outerloop-config-'));
    try {
      await mkdir(join(folder, '.env'));
      const result = await loadConfig(join(folder, 'c.yaml'), { env: {}, text: `${HEAD}listeners: []\n` });
      expect(codes(result)).toEqual(['env_file_unreadable', 'no_listeners']);
      expect(result.plan).toBeDefined();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('for an Envoy elsewhere are not looked for here', async () => {
    const text = `${HEAD}listeners: []\noverrides: {upstream_tls_ca_path: /no/such/ca.pem}\n`;
    expect(codes(await load(text))).toContain('ca_file_missing');
    const elsewhere = await loadConfig('c.yaml', { env: {}, text, envoyElsewhere: true });
    expect(elsewhere.plan?.egress.caPath).toBe('/no/such/ca.pem');
  });
});
