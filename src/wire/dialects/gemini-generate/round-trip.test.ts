import { describe, expect, it } from '@jest/globals';
import type { DialectId, TranslateContext, TranslateResponseContext } from '../../api';
import { dialectForPath, pathFacts } from '../../dialect-registry';
import { inlineRequestWire as wire } from '../../request';
import { createResponseTranslator } from '../../response';

type Json = Record<string, unknown>;

const context = (upstreamModel: string): TranslateContext => ({
  requestModel: 'asked',
  upstreamModel,
  stream: false,
  includeUsage: false,
});

function answerFor(client: DialectId, upstream: DialectId, body: string): Json {
  const full: TranslateResponseContext = { ...context('m'), client, upstream, status: 200, contentType: undefined };
  const translator = createResponseTranslator(full);
  return JSON.parse(Buffer.concat([translator.push(Buffer.from(body)), translator.end(false)]).toString()) as Json;
}

async function requestFor(client: DialectId, upstream: DialectId, body: unknown, model: string): Promise<string> {
  const rendered = await wire.render(client, upstream, Buffer.from(JSON.stringify(body)), context(model));
  return rendered.body.toString();
}

/** What a client of each API sends back after an answer with calls. */
const REPLAYS: readonly (readonly [DialectId, (answer: Json) => unknown])[] = [
  [
    'openai.chat',
    ({ choices }) => {
      const { message } = (choices as { message: { tool_calls: { id: string }[] } }[])[0] ?? {};
      const results = message?.tool_calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' })) ?? [];
      return { messages: [{ role: 'user', content: 'q' }, message, ...results] };
    },
  ],
  [
    'anthropic.messages',
    ({ content }) => {
      const calls = (content as { type: string; id: string }[]).filter(({ type }) => type === 'tool_use');
      const results = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' }));
      return {
        max_tokens: 10,
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content },
          { role: 'user', content: results },
        ],
      };
    },
  ],
  [
    'openai.responses',
    ({ output }) => {
      const calls = (output as { type: string; call_id: string }[]).filter(({ type }) => type === 'function_call');
      const results = calls.map((call) => ({ type: 'function_call_output', call_id: call.call_id, output: 'ok' }));
      return { input: [{ role: 'user', content: 'q' }, ...(output as unknown[]), ...results] };
    },
  ],
];

describe.each(REPLAYS)('signatures through a client of %s', (client, replay) => {
  const calls =
    '{"functionCall":{"name":"f","args":{"n":5,"x":"y"}},"thoughtSignature":"c2lnK2E/"},{"functionCall":{"name":"g","args":{}}}';
  const answer = `{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"I look."},${calls}]},"finishReason":"STOP"}],"responseId":"r"}`;

  it('come back on the call they came with', async () => {
    const request = replay(answerFor(client, 'gemini.generate', answer));
    const body = await requestFor(client, 'gemini.generate', request, 'gemini-3-pro-preview');
    expect(body).toContain(`{"role":"model","parts":[{"text":"I look."},${calls}]}`);
    expect(body).toContain('{"functionResponse":{"name":"f","response":{"output":"ok"}}}');
  });

  it('come back from clients that keep nothing but the ids', async () => {
    const strict = JSON.parse(
      JSON.stringify(replay(answerFor(client, 'gemini.generate', answer)), (key, value: unknown) =>
        ['extra_content', 'thinking_blocks', 'signature', 'encrypted_content'].includes(key) ? undefined : value,
      ),
    ) as unknown;
    const body = await requestFor(client, 'gemini.generate', strict, 'gemini-3-pro-preview');
    expect(body).toContain(calls);
  });

  it('reach no other vendor', async () => {
    const request = replay(answerFor(client, 'gemini.generate', answer));
    for (const upstream of ['anthropic.messages', 'openai.chat', 'openai.responses'] as const) {
      if (upstream === client) continue;
      const body = await requestFor(client, upstream, request, upstream === 'anthropic.messages' ? 'claude' : 'gpt-5');
      expect(body).not.toContain('c2lnK2E/');
      expect(body).toContain('call_r_0');
    }
  });
});

describe('proofs of another vendor through a Gemini client', () => {
  it('come back as they were', async () => {
    const content =
      '[{"type":"thinking","thinking":"t","signature":"si-g"},{"type":"redacted_thinking","data":"da-ta"},{"type":"text","text":"x"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"n":5}}]';
    const body = `{"type":"message","content":${content},"stop_reason":"tool_use"}`;
    const answer = answerFor('gemini.generate', 'anthropic.messages', body);
    const [candidate] = answer['candidates'] as { content: unknown }[];
    const result = { functionResponse: { id: 'toolu_1', name: 'f', response: { output: 'ok' } } };
    const contents = [{ parts: [{ text: 'q' }] }, candidate?.content, { role: 'user', parts: [result] }];
    const request = await requestFor('gemini.generate', 'anthropic.messages', { contents }, 'claude');
    expect(request).toContain(content);
  });
});

describe('argument and schema text', () => {
  it('is kept towards Gemini and from its clients', async () => {
    const schema = '{"type":"object","properties":{"2":{"maximum":12345678901234567890},"1":{"const":1.0}}}';
    const args = '{"id":12345678901234567890,"x":1.0,"x":2,"2":0,"1":0}';
    const chat = `{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"t","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"c","content":"ok"}],"tools":[{"type":"function","function":{"name":"t","parameters":${schema}}}],"response_format":{"type":"json_schema","json_schema":{"schema":${schema}}}}`;
    const { body } = await wire.render('openai.chat', 'gemini.generate', Buffer.from(chat), context('gemini-2.5-pro'));
    expect(body.toString()).toContain(`"args":${args}`);
    expect(body.toString()).toContain(`"parametersJsonSchema":${schema}`);
    expect(body.toString()).toContain(`"responseJsonSchema":${schema}`);
    const back = await wire.render('gemini.generate', 'openai.chat', body, context('m'));
    expect(back.body.toString()).toContain(`"arguments":${JSON.stringify(args)}`);
    expect(back.body.toString()).toContain(`"parameters":${schema}`);
  });
});

describe('paths', () => {
  it.each<[string, { model: string; stream: boolean } | undefined]>([
    ['/v1beta/models/gemini-2.5-pro:generateContent', { model: 'gemini-2.5-pro', stream: false }],
    ['/v1/models/llama3:8b:streamGenerateContent', { model: 'llama3:8b', stream: true }],
    ['/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent', { model: 'm', stream: true }],
    ['/v1beta/tunedModels/x%2Fy:generateContent', { model: 'x/y', stream: false }],
    ['/v1beta/models/a%E0:generateContent', undefined],
    ['/v1beta/models/m:embedContent', undefined],
    ['/v1beta/models/:generateContent', undefined],
    ['/v1/chat/completions', undefined],
  ])('%s', (path, facts) => {
    expect(pathFacts(path)).toEqual(facts);
    if (facts !== undefined) expect(dialectForPath(path)).toBe('gemini.generate');
  });
});

describe('what cannot be translated is refused', () => {
  const image = (url: string): unknown => ({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });

  it.each<[string, DialectId, DialectId, unknown, string]>([
    ['objects of an unknown type', 'openai.chat', 'gemini.generate', image('gs://b/o'), 'messages'],
    ['buckets of another cloud', 'openai.chat', 'gemini.generate', image('s3://b/o.png'), 'messages'],
    [
      'file ids',
      'openai.chat',
      'gemini.generate',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
      'messages',
    ],
    ['no contents', 'gemini.generate', 'openai.chat', {}, 'contents'],
    ['empty contents', 'gemini.generate', 'openai.chat', { contents: [] }, 'contents'],
    ['a content that is a number', 'gemini.generate', 'openai.chat', { contents: [5] }, 'contents[0]'],
    ['unknown roles', 'gemini.generate', 'openai.chat', { contents: [{ role: 'x' }] }, 'contents[0].role'],
    [
      'a part that is a number',
      'gemini.generate',
      'openai.chat',
      { contents: [{ parts: [{ text: 'a' }, 5] }] },
      'contents[0].parts[1]',
    ],
    [
      'data without data',
      'gemini.generate',
      'openai.chat',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
      'contents[0].parts[0].inlineData.data',
    ],
    [
      'a call without a name',
      'gemini.generate',
      'openai.chat',
      { contents: [{ role: 'model', parts: [{ functionCall: {} }] }] },
      'contents[0].parts[0].functionCall.name',
    ],
    [
      'cached contents',
      'gemini.generate',
      'openai.chat',
      { contents: 'a', cachedContent: 'cachedContents/1' },
      'cachedContent',
    ],
  ])('%s', async (_name, from, to, body, param) => {
    await expect(requestFor(from, to, body, 'gemini-2.5-flash')).rejects.toMatchObject({
      code: 'invalid_request',
      param,
    });
  });
});

describe('inspect', () => {
  it('reads texts, not thoughts', async () => {
    const body = {
      systemInstruction: { parts: [{ text: 'S' }] },
      contents: [
        { role: 'user', parts: [{ text: 'a' }, { inlineData: {} }, { text: 'b' }] },
        { role: 'model', parts: [{ text: 'hm', thought: true }, { text: 'c' }] },
      ],
    };
    await expect(wire.inspect('gemini.generate', Buffer.from(JSON.stringify(body)))).resolves.toEqual({
      dialect: 'gemini.generate',
      stream: false,
      includeUsage: false,
      conversation: [
        { role: 'system', text: 'S' },
        { role: 'user', text: 'a\nb' },
        { role: 'assistant', text: 'c' },
      ],
      messageCount: 2,
    });
  });
});
