import { describe, expect, it } from '@jest/globals';
import { UsageStripper, withUsageDemanded } from './demanded-usage';

describe('withUsageDemanded', () => {
  it.each([
    ['{"model":"m", "stream":true}', '{"stream_options":{"include_usage":true},"model":"m", "stream":true}'],
    ['{ "stream_options": {"x": 1} }', '{ "stream_options": {"include_usage":true,"x": 1} }'],
    ['{"stream_options":{"include_usage":false}}', '{"stream_options":{"include_usage":true}}'],
    ['{"stream_options":null}', '{"stream_options":{"include_usage":true}}'],
  ])('%s', (body, expected) => {
    expect(withUsageDemanded(Buffer.from(body)).toString('utf8')).toBe(expected);
  });

  it('leaves a body that asks already as it is', () => {
    const body = Buffer.from('{"stream_options": {"include_usage":true}}');
    expect(withUsageDemanded(body)).toBe(body);
  });
});

const USAGE = 'data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\n';

/** What an upstream sends when asked, and what it would have sent otherwise. */
const STREAMS: readonly (readonly [string, string, string])[] = [
  [
    'OpenAI: null in every event, then an event of its own',
    `data: {"id":"c","choices":[{"delta":{"content":"Grüße 🚄"}}],"usage":null}\n\n${USAGE}data: [DONE]\n\n`,
    'data: {"id":"c","choices":[{"delta":{"content":"Grüße 🚄"}}]}\n\ndata: [DONE]\n\n',
  ],
  [
    'the null in front, comments, CRLF',
    `: ping\r\n\r\ndata: {"usage": null, "choices":[{}]}\r\n\r\n${USAGE.replaceAll('\n', '\r\n')}data: [DONE]\r\n\r\n`,
    ': ping\r\n\r\ndata: {"choices":[{}]}\r\n\r\ndata: [DONE]\r\n\r\n',
  ],
  ['no end mark behind the last event', `data:{"choices":[{}]}\n\n${USAGE.trimEnd()}`, 'data:{"choices":[{}]}\n\n'],
  ...[
    'data: {"choices":[{"delta":{"content":"\\"usage\\":null"}}]}\n\ndata: [DONE]\n\n',
    'data: {"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}\n\n',
    'data: not json "usage"\n\n',
    'data: {"error":{"message":"x"},"usage":7}\n\n',
    '',
  ].map((stream) => [`nothing to strip: ${stream.slice(0, 40).trim()}`, stream, stream] as const),
];

describe('UsageStripper', () => {
  it.each(STREAMS)('%s, cut anywhere', (_, sent, expected) => {
    const bytes = Buffer.from(sent);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const stripper = new UsageStripper();
      const pieces = [stripper.push(bytes.subarray(0, cut)), stripper.push(bytes.subarray(cut)), stripper.end()];
      expect(Buffer.concat(pieces).toString('utf8')).toBe(expected);
    }
  });

  it('holds back no complete event', () => {
    const stripper = new UsageStripper();
    expect(stripper.push(Buffer.from('data: {"a":1}\n\ndata: {')).toString('utf8')).toBe('data: {"a":1}\n\n');
  });

  it('does not collect an event without end', () => {
    const stripper = new UsageStripper();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    let passed = 0;
    for (let count = 0; count < 40; count += 1) passed += stripper.push(piece).length;
    expect(passed).toBeGreaterThan(16 * 1024 * 1024);
  });
});
