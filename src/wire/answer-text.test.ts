import { describe, expect, it } from '@jest/globals';
import { answerText } from './answer-text';

const text = (body: string): string | undefined => answerText(Buffer.from(body), undefined);

describe('answerText', () => {
  it.each<[string, string, string | undefined]>([
    ['a completion', '{"choices":[{"message":{"role":"assistant","content":"Hi"}}]}', 'Hi'],
    [
      'content in parts',
      '{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}',
      'ab',
    ],
    ['tool calls only', '{"choices":[{"message":{"content":null,"tool_calls":[]}}]}', ''],
    ['a refusal', '{"choices":[{"message":{"content":null,"refusal":"No."}}]}', 'No.'],
    [
      'events',
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"choices":[{"delta":{"content":"ü"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      'aü',
    ],
    ['events that just stop', 'data: {"choices":[{"delta":{"content":"a"}}]}', 'a'],
    ['JSON of something else', '{"message":"hello"}', undefined],
    ['plain text', 'hello', undefined],
    ['broken JSON', '{"choices":', undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, body, expected) => {
    expect(text(body)).toBe(expected);
  });
});
