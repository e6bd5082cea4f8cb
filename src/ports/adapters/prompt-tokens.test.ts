import { describe, expect, it } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { countPromptTokens } from './prompt-tokens';

const chat = (more: object): string => JSON.stringify({ model: 'gpt-4o', ...more });
const user = (content: unknown): object => ({ messages: [{ role: 'user', content }] });

describe('countPromptTokens', () => {
  it('counts a chat prompt as OpenAI does: 3 + per message 3 + role + text', () => {
    const messages = [
      { role: 'system', content: 'You are helpful.' },
      { role: 'user', name: 'Ann', content: 'Hello!' },
    ];
    const texts = ['system', 'You are helpful.', 'user', 'Ann', 'Hello!'].map((text) => countTokens(text));
    const sum = texts.reduce((total, count) => total + count, 0);
    expect(countPromptTokens(chat({ messages }))).toBe(3 + 2 * 3 + 1 + sum);
  });

  it.each([
    ['parts', user([{ type: 'text', text: 'one two three' }]), user('one two three')],
    ['Responses', { input: 'one two three' }, user('one two three')],
    [
      'Responses, as items',
      { input: [{ role: 'user', content: [{ type: 'input_text', text: 'one two three' }] }] },
      user('one two three'),
    ],
    ['Gemini', { contents: [{ role: 'user', parts: [{ text: 'one two three' }] }] }, user('one two three')],
  ])('%s are counted like plain text', (_, body, same) => {
    expect(countPromptTokens(chat(body))).toBe(countPromptTokens(chat(same)));
  });

  it('counts tools, their calls and results, and pictures', () => {
    const plain = countPromptTokens(chat(user('hi'))) ?? 0;
    const tools = [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'Weather of a city',
          parameters: { type: 'object', properties: { unit: { type: 'string', enum: ['C', 'F'] } } },
        },
      },
    ];
    expect(countPromptTokens(chat({ ...user('hi'), tools }))).toBeGreaterThan(plain + 30);
    const call = { id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{"unit":"C"}' } };
    expect(
      countPromptTokens(chat({ messages: [{ role: 'assistant', content: null, tool_calls: [call] }] })),
    ).toBeGreaterThan(12);
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } };
    const withImage = countPromptTokens(chat(user([{ type: 'text', text: 'hi' }, image])));
    expect(withImage).toBe(plain + 85);
  });

  it('special tokens are text', () => {
    expect(countPromptTokens(chat(user('<|endoftext|>')))).toBeGreaterThan(8);
  });

  it('stays near when a long prompt is counted by a sample', () => {
    const words = 'Die Würde des Menschen ist unantastbar. 東京へ行く。 const x = 1;\n';
    const text = words.repeat(40_000);
    const exact = countTokens(words) * 40_000;
    const counted = countPromptTokens(chat(user(text))) ?? 0;
    expect(Math.abs(counted - exact) / exact).toBeLessThan(0.02);
  });

  it('takes a word without end in bounded time', () => {
    const started = performance.now();
    expect(countPromptTokens(chat(user('a'.repeat(2_000_000))))).toBeGreaterThan(100_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each(['', '[]', 'null', '{"messages":'])('%j is no request', (body) => {
    expect(countPromptTokens(body)).toBeUndefined();
  });

  it.each(['{"messages":7}', '{"messages":[null,{"role":1,"content":{"a":1}}],"tools":"x"}'])('bears %s', (body) => {
    expect(countPromptTokens(body)).toBeGreaterThanOrEqual(3);
  });
});
