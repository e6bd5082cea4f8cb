import { describe, expect, it } from '@jest/globals';
import { readStreams } from '../../../../test/fakes/wire-cases';
import type { DialectId, TranslateContext, TranslateResponseContext } from '../../api';
import { inlineRequestWire } from '../../request';
import { createResponseTranslator } from '../../response';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

const context = (upstreamModel: string): TranslateContext => ({
  requestModel: 'asked',
  upstreamModel,
  stream: false,
  includeUsage: true,
});

async function render(from: DialectId, to: DialectId, body: string, model: string): Promise<string> {
  const rendered = await inlineRequestWire.render(from, to, Buffer.from(body), context(model));
  return rendered.body.toString();
}

/** To Converse and back into the same API. */
async function thereAndBack(client: DialectId, body: unknown, model: string): Promise<unknown> {
  const converse = await render(client, 'bedrock.converse', JSON.stringify(body), CLAUDE);
  return JSON.parse(await render('bedrock.converse', client, converse, model));
}

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const CACHE = { cache_control: { type: 'ephemeral' } };

describe('requests to Converse and back', () => {
  const chat = {
    model: 'claude-x',
    max_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    stop: ['END'],
    service_tier: 'priority',
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.', ...CACHE }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Weather here?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } },
        ],
      },
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris","n":1.0}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '18 C' },
      { role: 'user', content: 'Thanks' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', description: 'd', parameters: PARAMETERS } }],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    parallel_tool_calls: false,
  };
  const messages = {
    model: 'claude-x',
    max_tokens: 4096,
    system: [{ type: 'text', text: 'Be brief.', ...CACHE }],
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
            title: 'plan',
            ...CACHE,
          },
          { type: 'text', text: 'Read' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 't', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'b3Bh' },
          { type: 'tool_use', id: 'toolu_1', name: 'f', input: { b: 1, a: [] } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'bad' }], is_error: true },
          { type: 'text', text: 'go on' },
        ],
      },
    ],
    tools: [{ name: 'f', description: 'd', input_schema: PARAMETERS, ...CACHE }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 2048 },
    output_config: { format: { type: 'json_schema', schema: PARAMETERS } },
  };

  it.each<[DialectId, unknown]>([
    ['openai.chat', chat],
    ['anthropic.messages', messages],
  ])('say the same to %s', async (client, body) => {
    expect(await thereAndBack(client, body, 'claude-x')).toEqual(body);
  });

  it('keep the text of arguments and schemas', async () => {
    const schema = '{ "type":"object","properties":{"2":{"maximum":12345678901234567890},"1":{"const":1.0}} }';
    const args = '{"id": 12345678901234567890, "x": 1.0, "x": 2}';
    const body = `{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"t","arguments":${JSON.stringify(args)}}}]},{"role":"tool","tool_call_id":"c","content":"ok"}],"tools":[{"type":"function","function":{"name":"t","parameters":${schema}}}],"response_format":{"type":"json_schema","json_schema":{"schema":${schema}}}}`;
    const converse = await render('openai.chat', 'bedrock.converse', body, CLAUDE);
    expect(converse).toContain(`"input":${args}`);
    expect(converse).toContain(`"inputSchema":{"json":${schema}}`);
    expect(converse).toContain(`"schema":${JSON.stringify(schema)}`);
    const back = await render('bedrock.converse', 'openai.chat', converse, 'm');
    expect(back).toContain(`"arguments":${JSON.stringify(args)}`);
    expect(back).toContain(`"parameters":${schema}`);
  });
});

describe('what Bedrock cannot read is refused', () => {
  const user = (...content: unknown[]): unknown => ({ messages: [{ role: 'user', content }] });

  it.each<[string, DialectId, unknown, string]>([
    [
      'a web image',
      'openai.chat',
      user({ type: 'image_url', image_url: { url: 'https://a/b.png' } }),
      'Images must be sent as base64',
    ],
    [
      'an odd image',
      'openai.chat',
      user({ type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AA' } }),
      'PNG',
    ],
    [
      'a web document',
      'anthropic.messages',
      user({ type: 'document', source: { type: 'url', url: 'https://a/b.pdf' } }),
      'Documents must be sent',
    ],
    ['a file id', 'openai.chat', user({ type: 'file', file: { file_id: 'file-1' } }), 'Files of another vendor'],
    [
      'an odd document',
      'anthropic.messages',
      user({ type: 'document', source: { type: 'base64', media_type: 'application/zip', data: 'AA' } }),
      'Documents must be PDF',
    ],
    ['nothing to say', 'openai.chat', user({ type: 'text', text: ' ' }), 'must hold at least one message'],
  ])('%s', async (_name, client, body, message) => {
    await expect(render(client, 'bedrock.converse', JSON.stringify(body), CLAUDE)).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
      message: expect.stringContaining(message),
    });
  });
});

function translate(client: DialectId, upstream: DialectId, stream: boolean, input: Buffer): string {
  const responseContext: TranslateResponseContext = {
    ...context(CLAUDE),
    client,
    upstream,
    stream,
    status: 200,
    contentType: undefined,
    answerId: 'exchange',
    createdSeconds: 1_700_000_000,
  };
  const translator = createResponseTranslator(responseContext);
  return Buffer.concat([translator.push(input), translator.end(false)]).toString();
}

const answers = readStreams().filter(({ from, output }) => from === 'openai.chat' && !output.includes('"error"'));

describe.each(answers)('answer of chat: $name', ({ input }) => {
  it('is the same by way of Converse, streamed or not', () => {
    const direct = withoutIdentity(translate('anthropic.messages', 'openai.chat', false, input));
    for (const streams of [true, false]) {
      const converse = Buffer.from(translate('bedrock.converse', 'openai.chat', streams, input));
      const detour = translate('anthropic.messages', 'bedrock.converse', false, converse);
      expect(withoutIdentity(detour)).toEqual(direct);
    }
  });
});

/** Converse has neither ids nor model names in its answers. */
function withoutIdentity(text: string): unknown {
  return { ...(JSON.parse(text) as object), id: undefined, model: undefined };
}
