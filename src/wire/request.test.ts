import { describe, expect, it } from '@jest/globals';
import { readTables, upstreamModelFor } from '../../test/fakes/wire-cases';
import type { DialectId, RequestFacts, TranslateContext } from './api';
import { MAX_FACT_MESSAGES, MAX_FACT_TEXT } from './api';
import { inlineRequestWire as wire } from './request';

const context = (upstreamModel: string): TranslateContext => ({
  requestModel: 'asked',
  upstreamModel,
  stream: false,
  includeUsage: false,
});

const inspect = (dialect: DialectId, body: unknown): Promise<RequestFacts> =>
  wire.inspect(dialect, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));

describe.each(readTables('requests'))('requests of $from for $to', ({ from, to, cases }) => {
  it.each(cases)('$name', async ({ context: overrides, input, output, warnings = [], path, headers }) => {
    const body = Buffer.from(JSON.stringify(input));
    const rendered = await wire.render(from, to, body, { ...context(upstreamModelFor(to)), ...overrides });
    expect(JSON.parse(rendered.body.toString())).toEqual(output);
    expect(rendered.warnings).toEqual(warnings);
    if (path !== undefined) expect(rendered.path).toBe(path);
    if (headers !== undefined) expect(rendered.headers).toEqual(headers);
    for (const warning of rendered.warnings) expect(warning).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('translation keeps JSON text', () => {
  it('tool arguments, schemas and output formats towards Messages', async () => {
    const schema = '{"type":"object","properties":{"2":{"maximum":12345678901234567890},"1":{"const":1.0}}}';
    const args = '{"id":12345678901234567890,"x":1.0,"x":2,"2":0,"1":0}';
    const body = `{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"t","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"c","content":"ok"}],"tools":[{"type":"function","function":{"name":"t","parameters":${schema}}}],"response_format":{"type":"json_schema","json_schema":{"schema":${schema}}}}`;
    const rendered = await wire.render('openai.chat', 'anthropic.messages', Buffer.from(body), context('claude'));
    const text = rendered.body.toString();
    expect(text).toContain(`"input":${args}`);
    expect(text).toContain(`"input_schema":${schema}`);
    expect(text).toContain(`"format":{"type":"json_schema","schema":${schema}}`);
  });

  it('tool inputs and schemas towards chat', async () => {
    const schema = '{ "type": "object", "properties": {"9":{},"1":{"multipleOf":0.10}} }';
    const input = '{"id": 12345678901234567890, "b": [1.0, "}\\""]}';
    const body = `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"t","input":${input}}]}],"tools":[{"name":"t","input_schema":${schema}}]}`;
    const rendered = await wire.render('anthropic.messages', 'openai.chat', Buffer.from(body), context('m'));
    expect(rendered.body.toString()).toContain(`"arguments":${JSON.stringify(input)}`);
    expect(rendered.body.toString()).toContain(`"parameters":${schema}`);
  });

  it('gives the same bytes on every attempt', async () => {
    const body = Buffer.from('{"messages":[{"role":"user","content":"a"}]}');
    const first = await wire.render('openai.chat', 'anthropic.messages', body, context('claude'));
    const second = await wire.render('openai.chat', 'anthropic.messages', body, context('claude'));
    expect(second.body.equals(first.body)).toBe(true);
  });
});

describe('renamed tools', () => {
  it('names the renamed tools so that answers can be restored', async () => {
    const body = {
      messages: [{ role: 'user', content: 'a' }],
      tools: [{ type: 'function', function: { name: 'a.b/c' } }],
    };
    const rendered = await wire.render(
      'openai.chat',
      'anthropic.messages',
      Buffer.from(JSON.stringify(body)),
      context('claude'),
    );
    expect(Object.values(rendered.toolNames ?? {})).toEqual(['a.b/c']);
    const sent = Object.keys(rendered.toolNames ?? {})[0];
    expect(sent).toMatch(/^a_b_c_[0-9a-f]{8}$/);
    expect(rendered.body.toString()).toContain(`"name":"${sent}"`);
  });
});

describe('what cannot be translated is refused', () => {
  const user = (part: unknown): unknown => ({ messages: [{ role: 'user', content: [part] }] });

  it.each<[string, DialectId, DialectId, unknown, string, string]>([
    [
      'what OpenAI stored',
      'openai.responses',
      'openai.chat',
      { input: 'a', previous_response_id: 'resp_1' },
      'invalid_request',
      'previous_response_id',
    ],
    [
      'gs:// images',
      'openai.chat',
      'anthropic.messages',
      user({ type: 'image_url', image_url: { url: 'gs://b/o' } }),
      'invalid_request',
      'messages',
    ],
    [
      'plain data URLs',
      'openai.chat',
      'anthropic.messages',
      user({ type: 'image_url', image_url: { url: 'data:image/png,x' } }),
      'invalid_request',
      'messages[0].content[0].image_url',
    ],
    [
      'audio',
      'openai.chat',
      'anthropic.messages',
      user({ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }),
      'invalid_request',
      'messages',
    ],
    [
      'file ids',
      'openai.chat',
      'anthropic.messages',
      user({ type: 'file', file: { file_id: 'f' } }),
      'invalid_request',
      'messages',
    ],
    [
      'file ids of Anthropic',
      'anthropic.messages',
      'openai.chat',
      user({ type: 'document', source: { type: 'file', file_id: 'f' } }),
      'invalid_request',
      'messages',
    ],
    [
      'broken sources',
      'anthropic.messages',
      'openai.chat',
      user({ type: 'image', source: { type: 'base64' } }),
      'invalid_request',
      'messages[0].content[0].source',
    ],
    [
      'results without a call id',
      'openai.chat',
      'anthropic.messages',
      { messages: [{ role: 'tool', content: 'x' }] },
      'invalid_request',
      'messages[0].tool_call_id',
    ],
    [
      'unknown roles',
      'openai.chat',
      'anthropic.messages',
      { messages: [{ role: 'narrator', content: 'x' }] },
      'invalid_request',
      'messages[0].role',
    ],
    [
      'nothing but blanks',
      'openai.chat',
      'anthropic.messages',
      { messages: [{ role: 'user', content: '  ' }] },
      'invalid_request',
      'messages',
    ],
  ])('%s', async (_name, from, to, body, code, param) => {
    const rendering = wire.render(from, to, Buffer.from(JSON.stringify(body)), context('m'));
    await expect(rendering).rejects.toMatchObject({ code, ...(param === '' ? {} : { param }) });
  });

  it('bodies nested beyond the stack', async () => {
    const depth = 200_000;
    const body = `{"messages":[{"role":"user","content":"a"}],"tools":[],"x":${'['.repeat(depth)}${']'.repeat(depth)},"parameters":1}`;
    const rendering = wire.render('openai.chat', 'anthropic.messages', Buffer.from(body), context('m'));
    await expect(rendering).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('inspect', () => {
  it('reads a chat request', async () => {
    const facts = await inspect('openai.chat', {
      model: 'gpt-4o',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: {} },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: null, tool_calls: [] },
        { role: 'tool', content: 'r', tool_call_id: 'c' },
      ],
    });
    expect(facts).toEqual({
      dialect: 'openai.chat',
      model: 'gpt-4o',
      stream: true,
      includeUsage: true,
      conversation: [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'a\nb' },
        { role: 'tool', text: 'r' },
      ],
      messageCount: 4,
    });
  });

  it('reads a Messages request', async () => {
    const facts = await inspect('anthropic.messages', {
      model: '',
      system: [{ type: 'text', text: 'S' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'q' },
            { type: 'tool_result', tool_use_id: 'x', content: [{ type: 'text', text: 'r' }] },
          ],
        },
      ],
    });
    expect(facts).toEqual({
      dialect: 'anthropic.messages',
      stream: false,
      includeUsage: false,
      conversation: [
        { role: 'system', text: 'S' },
        { role: 'tool', text: 'r' },
        { role: 'user', text: 'q' },
      ],
      messageCount: 1,
    });
  });

  it('reads a Responses request', async () => {
    const facts = await inspect('openai.responses', {
      model: 'gpt-5',
      instructions: 'I',
      input: [
        { role: 'user', content: 'a' },
        { type: 'function_call', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'o' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
      ],
    });
    expect(facts.conversation).toEqual([
      { role: 'system', text: 'I' },
      { role: 'user', text: 'a' },
      { role: 'tool', text: 'o' },
      { role: 'assistant', text: 'b' },
    ]);
    expect(facts.messageCount).toBe(4);
  });

  it('accepts a string as Responses input', async () => {
    await expect(inspect('openai.responses', { input: 'hi' })).resolves.toMatchObject({
      conversation: [{ role: 'user', text: 'hi' }],
      messageCount: 1,
    });
  });

  it('tolerates a byte order mark and takes the last of two models', async () => {
    const facts = await inspect('openai.chat', '\uFEFF{"model":"a","messages":[{"role":"user"}],"model":"b"}');
    expect(facts.model).toBe('b');
  });

  it('keeps what it remembers bounded', async () => {
    const messages = Array.from({ length: 50 }, (_, index) => ({
      role: 'user',
      content: `${index}${'😀'.repeat(MAX_FACT_TEXT)}`,
    }));
    const { conversation, messageCount } = await inspect('openai.chat', { messages });
    expect(messageCount).toBe(50);
    expect(conversation).toHaveLength(MAX_FACT_MESSAGES);
    expect(conversation[0]?.text.startsWith('34')).toBe(true);
    for (const { text } of conversation) {
      expect(text.length).toBeLessThanOrEqual(MAX_FACT_TEXT);
      expect(text.isWellFormed()).toBe(true);
    }
  });

  it.each<[string, DialectId, string, string, string | undefined]>([
    ['an empty body', 'openai.chat', ' \n', 'missing_body', undefined],
    ['broken JSON', 'openai.chat', '{"a":', 'invalid_json', undefined],
    ['a list', 'openai.chat', '[]', 'invalid_json', undefined],
    ['a number', 'openai.chat', '12', 'invalid_json', undefined],
    ['no messages', 'openai.chat', '{}', 'invalid_request', 'messages'],
    ['null messages', 'anthropic.messages', '{"messages":null}', 'invalid_request', 'messages'],
    ['messages that are no list', 'openai.chat', '{"messages":"hi"}', 'invalid_request', 'messages'],
    ['a message that is no object', 'openai.chat', '{"messages":["hi"]}', 'invalid_request', 'messages[0]'],
    ['a message without role', 'openai.chat', '{"messages":[{"content":"x"}]}', 'invalid_request', 'messages[0].role'],
    [
      'content that is a number',
      'openai.chat',
      '{"messages":[{"role":"user","content":5}]}',
      'invalid_request',
      'messages[0].content',
    ],
    [
      'a model that is no string',
      'openai.chat',
      '{"model":4,"messages":[{"role":"user"}]}',
      'invalid_request',
      'model',
    ],
    ['no input', 'openai.responses', '{}', 'invalid_request', 'input'],
    ['input that is a number', 'openai.responses', '{"input":5}', 'invalid_request', 'input'],
  ])('refuses %s', async (_name, dialect, body, code, param) => {
    await expect(inspect(dialect, body)).rejects.toMatchObject({ code, param });
  });

  it('refuses invalid UTF-8 without quoting the body', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    await expect(wire.inspect('openai.chat', body)).rejects.toMatchObject({ code: 'invalid_json' });
    await expect(inspect('openai.chat', '{"secret":sk-123}')).rejects.not.toMatchObject({
      message: expect.stringContaining('sk-123'),
    });
  });
});

describe('render for the same API', () => {
  it('returns the same Buffer when the model stays', async () => {
    const body = Buffer.from('{"model":"gpt-4o","messages":[]}');
    expect((await wire.render('openai.chat', 'openai.chat', body, context('gpt-4o'))).body).toBe(body);
  });

  it('changes the model only, for APIs without a codec too', async () => {
    const body = Buffer.from(' {"input": 1.0, "model" :"fast"} ');
    const { body: rendered } = await wire.render('openai.responses', 'openai.responses', body, context('gpt-5'));
    expect(rendered.toString()).toBe(' {"input": 1.0, "model" :"gpt-5"} ');
  });

  it('reports a body that nobody inspected', async () => {
    const rendering = wire.render('openai.chat', 'openai.chat', Buffer.from('{"a"'), context('m'));
    await expect(rendering).rejects.toMatchObject({ code: 'invalid_json' });
  });
});

describe('withEarlierAnswers', () => {
  const answers = [
    { name: 'flight_agent', text: 'Two "flights"\n' },
    { name: 'hotel_agent', text: 'ü' },
  ];

  it('puts them before the last user message', async () => {
    const body = Buffer.from('{"messages": [ {"role":"user","content":"q"} , {"role":"assistant"} ], "n":1.0}');
    const spliced = await wire.withEarlierAnswers(body, answers);
    expect(spliced.toString()).toBe(
      '{"messages": [ {"role":"assistant","name":"flight_agent","content":"Two \\"flights\\"\\n"},{"role":"assistant","name":"hotel_agent","content":"ü"},{"role":"user","content":"q"} , {"role":"assistant"} ], "n":1.0}',
    );
  });

  it('returns the same Buffer without answers and refuses a body without messages', async () => {
    const body = Buffer.from('{}');
    expect(await wire.withEarlierAnswers(body, [])).toBe(body);
    await expect(wire.withEarlierAnswers(body, answers)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('a request that names no model', () => {
  const messages = [{ role: 'user', content: 'a' }];

  it.each([
    ['openai.chat', { messages }, '/v1/chat/completions'],
    ['azure.openai.chat', { messages }, '/openai/v1/chat/completions'],
    ['bedrock.invoke.anthropic', { anthropic_version: 'bedrock-2023-05-31' }, undefined],
  ] as const)('names none to %s either', async (api, expected, path) => {
    const rendered = await wire.render('openai.chat', api, Buffer.from(JSON.stringify({ messages })), context(''));
    const body = JSON.parse(rendered.body.toString()) as object;
    expect(body).toMatchObject(expected);
    expect(body).not.toHaveProperty('model');
    expect(rendered.path).toBe(path);
  });

  it('and one whose name would leave the path is refused', async () => {
    const body = Buffer.from(JSON.stringify({ messages }));
    await expect(wire.render('openai.chat', 'bedrock.converse', body, context('..'))).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'model',
    });
    const { path } = await wire.render('openai.chat', 'bedrock.converse', body, context('../../x?y#z'));
    expect(path).toBe('/model/..%2F..%2Fx%3Fy%23z/converse');
  });
});
