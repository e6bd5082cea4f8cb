/** What case tables cannot say: paths, refusals, bodies inside bodies. The tables are test/fixtures/wire. */
import { describe, expect, it } from '@jest/globals';
import type { DialectId, TranslateContext, UpstreamApiId } from '../api';
import { inlineRequestWire as wire } from '../request';
import { createResponseTranslator } from '../response';

const contextFor = (upstreamModel: string, overrides: Partial<TranslateContext> = {}): TranslateContext => ({
  requestModel: 'asked',
  upstreamModel,
  stream: false,
  includeUsage: false,
  ...overrides,
});

const bytesOf = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));

const EMBED = { input: 'a' };
const RERANK = { query: 'q', documents: ['a'] };
const COUNT = { messages: [{ role: 'user', content: 'Hi' }] };

describe('paths', () => {
  it.each<[DialectId, UpstreamApiId, string, Partial<TranslateContext>, unknown, string]>([
    ['openai.embeddings', 'openai.embeddings', 'm', {}, EMBED, '/v1/embeddings'],
    [
      'openai.embeddings',
      'azure.openai.embeddings',
      'm',
      { apiVersion: '2025-01-01-preview' },
      EMBED,
      '/openai/deployments/m/embeddings?api-version=2025-01-01-preview',
    ],
    [
      'openai.embeddings',
      'bedrock.invoke.titan-embed',
      'amazon.titan-embed-text-v2:0',
      {},
      EMBED,
      '/model/amazon.titan-embed-text-v2:0/invoke',
    ],
    [
      'openai.embeddings',
      'bedrock.invoke.cohere-embed',
      'arn:aws:bedrock:us-east-1:1:inference-profile/us.cohere.embed-v4:0',
      {},
      EMBED,
      '/model/arn:aws:bedrock:us-east-1:1:inference-profile%2Fus.cohere.embed-v4:0/invoke',
    ],
    ['openai.embeddings', 'bedrock.invoke.nova-embed', 'nova', {}, EMBED, '/model/nova/invoke'],
    [
      'openai.embeddings',
      'vertex.predict-embed',
      'text-embedding-005',
      { project: 'p', region: 'us-central1' },
      EMBED,
      '/v1/projects/p/locations/us-central1/publishers/google/models/text-embedding-005:predict',
    ],
    [
      'openai.embeddings',
      'vertex.embed-content',
      'gemini-embedding-2',
      { project: 'p', region: 'global' },
      EMBED,
      '/v1/projects/p/locations/global/publishers/google/models/gemini-embedding-2:embedContent',
    ],
    ['openai.embeddings', 'gemini.generate', 'e', {}, EMBED, '/v1beta/models/e:batchEmbedContents'],
    ['cohere.rerank', 'cohere.rerank', 'm', {}, RERANK, '/v2/rerank'],
    ['cohere.rerank', 'bedrock.rerank', 'm', {}, RERANK, '/rerank'],
    [
      'cohere.rerank',
      'vertex.rank',
      'm',
      { project: 'p', region: 'us-central1' },
      RERANK,
      '/v1/projects/p/locations/global/rankingConfigs/default_ranking_config:rank',
    ],
    [
      'cohere.rerank',
      'vertex.rank',
      'm',
      { project: 'p', region: 'eu' },
      RERANK,
      '/v1/projects/p/locations/eu/rankingConfigs/default_ranking_config:rank',
    ],
    ['anthropic.count_tokens', 'anthropic.count_tokens', 'm', {}, COUNT, '/v1/messages/count_tokens'],
    [
      'anthropic.count_tokens',
      'vertex.anthropic',
      'claude-sonnet-4-5@20250929',
      { project: 'p', region: 'us-east5' },
      COUNT,
      '/v1/projects/p/locations/us-east5/publishers/anthropic/models/count-tokens:rawPredict',
    ],
    ['openai.images', 'openai.images', 'm', {}, { prompt: 'a' }, '/v1/images/generations'],
    ['openai.audio.speech', 'openai.audio.speech', 'm', {}, { input: 'a' }, '/v1/audio/speech'],
    ['openai.chat', 'cohere.chat', 'm', {}, COUNT, '/v2/chat'],
  ])('%s at %s with %s', async (client, upstream, model, overrides, body, path) => {
    const rendered = await wire.render(client, upstream, bytesOf(body), contextFor(model, overrides));
    expect(rendered.path).toBe(path);
  });

  it('a model named ".." gets none', async () => {
    const rendering = wire.render('openai.embeddings', 'vertex.predict-embed', bytesOf(EMBED), contextFor('..'));
    await expect(rendering).rejects.toMatchObject({ code: 'invalid_request', param: 'model' });
  });
});

describe('embeddings that are refused', () => {
  const UPSTREAMS: readonly UpstreamApiId[] = [
    'bedrock.invoke.titan-embed',
    'bedrock.invoke.cohere-embed',
    'bedrock.invoke.nova-embed',
    'vertex.predict-embed',
    'vertex.embed-content',
    'gemini.generate',
  ];
  const INPUTS: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a boolean', true],
    ['an empty list', []],
    ['texts and numbers', ['a', 1]],
    ['texts and tokens', ['a', [1]]],
    ['numbers with a fraction', [1.5]],
    ['negative numbers', [-1]],
    ['lists of texts', [['a']]],
    ['token ids', [1, 2, 3]],
    ['lists of token ids', [[1, 2], [3]]],
    ['an object without text', { title: 'T' }],
    ['objects whose content is a number', [{ content: [1] }]],
  ];
  const rows = UPSTREAMS.flatMap((upstream) => INPUTS.map(([name, input]) => [upstream, name, input] as const));

  it.each(rows)('%s: %s', async (upstream, _name, input) => {
    const rendering = wire.render('openai.embeddings', upstream, bytesOf({ input }), contextFor('m'));
    await expect(rendering).rejects.toMatchObject({ code: 'invalid_request', status: 400 });
  });

  it.each<UpstreamApiId>(['bedrock.invoke.titan-embed', 'bedrock.invoke.nova-embed', 'vertex.embed-content'])(
    '%s: several texts',
    async (upstream) => {
      const rendering = wire.render('openai.embeddings', upstream, bytesOf({ input: ['a', 'b'] }), contextFor('m'));
      await expect(rendering).rejects.toMatchObject({ code: 'invalid_request', param: 'input' });
    },
  );

  it('before any upstream is chosen, but for what some upstream can do', async () => {
    const inspect = (body: unknown): Promise<unknown> => wire.inspect('openai.embeddings', bytesOf(body));
    await expect(inspect({ input: ['a', 1] })).rejects.toMatchObject({ code: 'invalid_request', param: 'input' });
    await expect(inspect({ model: 'm', input: [1, 2] })).resolves.toMatchObject({ model: 'm', conversation: [] });
    await expect(inspect({ input: ['a', 'b'] })).resolves.toMatchObject({ messageCount: 2 });
    await expect(inspect({ messages: COUNT.messages })).resolves.toMatchObject({ dialect: 'openai.embeddings' });
  });
});

describe('base64', () => {
  it('is remembered from the request and made of 32-bit floats', async () => {
    const body = bytesOf({ input: 'a', encoding_format: 'base64' });
    const context = contextFor('text-embedding-005');
    const { remembered } = await wire.render('openai.embeddings', 'vertex.predict-embed', body, context);
    const translator = createResponseTranslator({
      ...context,
      client: 'openai.embeddings',
      upstream: 'vertex.predict-embed',
      status: 200,
      contentType: 'application/json',
      ...(remembered === undefined ? {} : { remembered }),
    });
    translator.push(bytesOf({ predictions: [{ embeddings: { values: [0.1, -2, 3.5] } }] }));
    const answer = JSON.parse(translator.end(false).toString()) as { data: readonly { embedding: string }[] };
    const bytes = Buffer.from(answer.data[0]?.embedding ?? '', 'base64');
    const floats = [0, 4, 8].map((offset) => bytes.readFloatLE(offset));
    expect(floats).toEqual([Math.fround(0.1), -2, 3.5]);
  });
});

describe('rankings that are refused', () => {
  it.each<[string, unknown, string]>([
    ['no question', { documents: ['a'] }, 'query'],
    ['a question that is no text', { query: 1, documents: ['a'] }, 'query'],
    ['no documents', { query: 'q' }, 'documents'],
    ['documents that are no list', { query: 'q', documents: 'a' }, 'documents'],
    ['no document in the list', { query: 'q', documents: [] }, 'documents'],
    ['a document that is a number', { query: 'q', documents: ['a', 1] }, 'documents[1]'],
    ['a document without text', { query: 'q', documents: [{ title: 'a' }] }, 'documents[0]'],
    ['a limit of none', { query: 'q', documents: ['a'], top_n: 0 }, 'top_n'],
    ['a limit that is no number', { query: 'q', documents: ['a'], top_n: '3' }, 'top_n'],
  ])('%s', async (_name, body, param) => {
    for (const upstream of ['bedrock.rerank', 'vertex.rank'] as const) {
      const rendering = wire.render('cohere.rerank', upstream, bytesOf(body), contextFor('m'));
      await expect(rendering).rejects.toMatchObject({ code: 'invalid_request', param });
    }
  });

  it('by their question and list alone before an upstream is chosen', async () => {
    await expect(wire.inspect('cohere.rerank', bytesOf({ query: 'q' }))).rejects.toMatchObject({ param: 'documents' });
    await expect(wire.inspect('cohere.rerank', bytesOf({ query: 'q', documents: [{}] }))).resolves.toMatchObject({
      conversation: [{ role: 'user', text: 'q' }],
    });
  });
});

describe('a ranking of something else', () => {
  it('is the failure of the upstream', () => {
    const translator = createResponseTranslator({
      ...contextFor('m'),
      client: 'cohere.rerank',
      upstream: 'vertex.rank',
      status: 200,
      contentType: 'application/json',
    });
    translator.push(bytesOf({ records: [{ id: 'doc-a', score: 1 }] }));
    expect(translator.status).toBe(200);
    expect(translator.end(false).toString()).toContain('was not sent');
    expect(translator.status).toBe(502);
  });
});

describe('token counts on Bedrock', () => {
  const counted = async (
    body: unknown,
    model: string,
    headers = {},
  ): Promise<{ path: unknown; invocation: unknown }> => {
    const context = contextFor(model, { requestHeaders: headers });
    const rendered = await wire.render('anthropic.count_tokens', 'bedrock.count_tokens', bytesOf(body), context);
    const { input } = JSON.parse(rendered.body.toString()) as { input: { invokeModel: { body: string } } };
    const text = Buffer.from(input.invokeModel.body, 'base64').toString();
    return { path: rendered.path, invocation: JSON.parse(text) as unknown };
  };

  it('wrap the invocation that would be made', async () => {
    const tools = [{ name: 't', input_schema: { type: 'object' } }];
    const body = { model: 'alias', ...COUNT, system: 'S', tools };
    const { path, invocation } = await counted(body, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', {
      'anthropic-beta': 'context-1m-2025-08-07',
    });
    expect(path).toBe('/model/anthropic.claude-sonnet-4-5-20250929-v1:0/count-tokens');
    expect(invocation).toEqual({
      ...COUNT,
      system: 'S',
      tools,
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: ['context-1m-2025-08-07'],
      max_tokens: 1,
    });
  });

  it('leave room for thinking', async () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    await expect(counted({ ...COUNT, thinking }, 'm')).resolves.toMatchObject({ invocation: { max_tokens: 2001 } });
    await expect(counted({ ...COUNT, max_tokens: 7 }, 'm')).resolves.toMatchObject({ invocation: { max_tokens: 7 } });
  });

  it.each(['us', 'eu', 'apac', 'us-gov', 'global', 'jp', 'au'])('know no profiles: %s.', async (prefix) => {
    const { path } = await counted(COUNT, `${prefix}.anthropic.claude-x`);
    expect(path).toBe('/model/anthropic.claude-x/count-tokens');
  });

  it('find the model in the ARN of a profile', async () => {
    const { path } = await counted(COUNT, 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-x');
    expect(path).toBe('/model/anthropic.claude-x/count-tokens');
  });

  it('need messages', async () => {
    await expect(counted({ system: 'S' }, 'm')).rejects.toMatchObject({ code: 'invalid_request', param: 'messages' });
  });
});

describe('Cohere chat refuses', () => {
  const user = (part: unknown): unknown => ({ messages: [{ role: 'user', content: [part] }] });

  it.each([
    ['audio', user({ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } })],
    ['file ids', user({ type: 'file', file: { file_id: 'f' } })],
    ['PDFs', user({ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA' } })],
  ])('%s', async (_name, body) => {
    const rendering = wire.render('openai.chat', 'cohere.chat', bytesOf(body), contextFor('m'));
    await expect(rendering).rejects.toMatchObject({ code: 'invalid_request', param: 'messages' });
  });
});

describe('bodies of other kinds', () => {
  it('speech passes as the bytes it is', () => {
    const translator = createResponseTranslator({
      ...contextFor('tts'),
      client: 'openai.audio.speech',
      upstream: 'openai.audio.speech',
      status: 200,
      contentType: 'audio/mpeg',
    });
    const sound = Buffer.from([0xff, 0xfb, 0x00, 0x7b]);
    expect(translator.push(sound)).toBe(sound);
    expect(translator.contentType).toBe('audio/mpeg');
    expect(translator.end(false)).toHaveLength(0);
  });

  it('speech may be asked for as events', async () => {
    const facts = await wire.inspect('openai.audio.speech', bytesOf({ input: 'a', stream_format: 'sse' }));
    expect(facts).toMatchObject({ stream: true, conversation: [{ role: 'user', text: 'a' }] });
  });
});
