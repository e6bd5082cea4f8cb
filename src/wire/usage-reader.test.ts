import { describe, expect, it } from '@jest/globals';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { UsageReader } from './usage-reader';

const events = (...data: object[]): string => data.map((each) => `data: ${JSON.stringify(each)}\n\n`).join('');

const CASES: readonly (readonly [string, string, object])[] = [
  [
    'OpenAI chat',
    '{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}',
    { prompt: 10, completion: 5, cache_read: 4 },
  ],
  [
    'Responses',
    '{"output":[],"usage":{"input_tokens":10,"output_tokens":5,"input_tokens_details":{"cached_tokens":4}}}',
    { prompt: 10, completion: 5, cache_read: 4 },
  ],
  [
    'Messages',
    '{"content":[],"usage":{"input_tokens":1,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":4}}',
    { prompt: 1, cache_write: 2, cache_read: 3, completion: 4 },
  ],
  [
    'Gemini',
    '{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":5,"thoughtsTokenCount":3,"cachedContentTokenCount":2}}',
    { prompt: 8, completion: 5, thoughts: 3, cache_read: 2 },
  ],
  [
    'Converse',
    '{"usage":{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheWriteInputTokens":4}}',
    { prompt: 1, completion: 2, cache_read: 3, cache_write: 4 },
  ],
  [
    'Cohere',
    '{"usage":{"billed_units":{"input_tokens":1},"tokens":{"input_tokens":9,"output_tokens":7}}}',
    { prompt: 9, completion: 7 },
  ],
  ['embeddings', '{"data":[],"usage":{"prompt_tokens":6,"total_tokens":6}}', { prompt: 6 }],
  [
    'a stream of chat',
    `${events({ choices: [{}], usage: null }, { choices: [], usage: { prompt_tokens: 9, completion_tokens: 8 } })}data: [DONE]\n\n`,
    { prompt: 9, completion: 8 },
  ],
  [
    'a stream of Messages',
    events(
      { type: 'message_start', message: { usage: { input_tokens: 25, cache_read_input_tokens: 3, output_tokens: 1 } } },
      { type: 'message_delta', usage: { output_tokens: 15 } },
    ),
    { prompt: 25, cache_read: 3, completion: 15 },
  ],
  [
    'a stream of Responses',
    events(
      { type: 'response.created', response: { usage: null } },
      { response: { usage: { input_tokens: 3, output_tokens: 4 } } },
    ),
    { prompt: 3, completion: 4 },
  ],
  [
    'a stream of Gemini as an array',
    '[{"usageMetadata":{"promptTokenCount":1}},{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":5}}]',
    { prompt: 8, completion: 5 },
  ],
  ['counts that are none', '{"usage":{"prompt_tokens":"10","completion_tokens":null}}', {}],
  ['no usage', '{"choices":[]}', {}],
  ['no JSON', '<html>usage</html>', {}],
  ['nothing', '', {}],
];

describe('UsageReader', () => {
  it.each(CASES)('%s, cut anywhere', (_, body, expected) => {
    const bytes = Buffer.from(body);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new UsageReader();
      reader.push(bytes.subarray(0, cut));
      reader.push(bytes.subarray(cut));
      expect(reader.end()).toEqual(expected);
    }
  });

  it('a binary stream of Converse, cut anywhere', () => {
    const codec = new EventStreamCodec(
      (bytes) => Buffer.from(bytes).toString('utf8'),
      (text) => Buffer.from(text),
    );
    const message = (type: string, body: object): Uint8Array =>
      codec.encode({
        headers: {
          ':message-type': { type: 'string', value: 'event' },
          ':event-type': { type: 'string', value: type },
          ':content-type': { type: 'string', value: 'application/json' },
        },
        body: Buffer.from(JSON.stringify(body)),
      });
    const usage = { inputTokens: 9, outputTokens: 8, cacheReadInputTokens: 7, cacheWriteInputTokens: 6 };
    const bytes = Buffer.concat([message('messageStart', { role: 'assistant' }), message('metadata', { usage })]);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new UsageReader();
      reader.push(bytes.subarray(0, cut));
      reader.push(bytes.subarray(cut));
      expect(reader.end()).toEqual({ prompt: 9, completion: 8, cache_read: 7, cache_write: 6 });
    }
  });

  it('does not hold answers without bound', () => {
    const reader = new UsageReader();
    reader.push(Buffer.from('{"usage":{"prompt_tokens":1},"x":"'));
    for (let count = 0; count < 20; count += 1) reader.push(Buffer.alloc(1024 * 1024, 'x'));
    reader.push(Buffer.from('"}'));
    expect(reader.end()).toEqual({});
  });
});
