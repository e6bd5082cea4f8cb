import { describe, expect, it } from '@jest/globals';
import { applyQuirks, type BodyQuirks } from './body-quirks';

const QUIRKS: BodyQuirks = {
  dropped: ['n', 'top_p'],
  renamed: { seed: 'random_seed', max_completion_tokens: 'max_tokens' },
  words: {
    tool_choice: { known: { required: 'any' }, others: 'kept' },
    effort: { known: { low: 'low', medium: 'high', high: 'high' }, others: 'dropped' },
  },
  roles: { developer: 'system' },
};

const applied = (text: string, quirks = QUIRKS): string => applyQuirks(Buffer.from(text), quirks).toString();

describe('applyQuirks', () => {
  it.each([
    ['{"n":1,"a":1.0,"top_p":0.5}', '{"a":1.0}'],
    [
      '{"seed":12345678901234567890, "max_completion_tokens":5}',
      '{"random_seed":12345678901234567890, "max_tokens":5}',
    ],
    ['{"max_tokens":1,"max_completion_tokens":5}', '{"max_tokens":1}'],
    ['{"tool_choice":"required","effort":"medium"}', '{"tool_choice":"any","effort":"high"}'],
    ['{"tool_choice":{"type":"function"},"effort":"odd"}', '{"tool_choice":{"type":"function"}}'],
    ['{"effort":3,"tool_choice":"auto"}', '{"tool_choice":"auto"}'],
    [
      '{"messages":[{"role":"developer","content":"developer"},{"content":"x", "role" : "user"},7],"n":2}',
      '{"messages":[{"role":"system","content":"developer"},{"content":"x", "role" : "user"},7]}',
    ],
    ['{"messages":"developer"}', '{"messages":"developer"}'],
  ])('%s', (body, expected) => {
    expect(applied(body)).toBe(expected);
    expect(applied(expected)).toBe(expected);
  });

  it('sets what always is the same', () => {
    expect(applied('{"store":true,"a":1}', { fixed: { store: false } })).toBe('{"store":false,"a":1}');
    expect(applied('{"a":1}', { fixed: { store: false } })).toBe('{"store":false,"a":1}');
  });

  it('gives the same bytes back when nothing differs', () => {
    const body = Buffer.from('{"model":"m","messages":[{"role":"user"}]}');
    expect(applyQuirks(body, QUIRKS)).toBe(body);
  });
});
