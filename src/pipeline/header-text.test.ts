import { describe, expect, it } from '@jest/globals';
import { headerText } from './header-text';

describe('headerText', () => {
  it.each([
    ['plain text', 'openai/gpt-4o', 'openai/gpt-4o'],
    ['line breaks that would end the header', 'a\r\nset-cookie: x', 'a??set-cookie: x'],
    ['other scripts', 'Köln 東京', 'K?ln ??'],
    ['surrounding blanks', '  a  ', 'a'],
  ])('%s', (_, text, expected) => {
    expect(headerText(text)).toBe(expected);
  });

  it('has an end', () => {
    expect(headerText('x'.repeat(5000))).toHaveLength(1000);
  });
});
