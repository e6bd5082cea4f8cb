import { describe, expect, it } from '@jest/globals';
import { parseJson, printJson, RawJson } from './raw';

const RAW = new Set(['input']);

describe('parseJson', () => {
  it.each([
    '{"a":[1,2.5e3,"x\\n\\u00e9\\"",true,false,null,{}],"b":[],"":{"c":"\\\\"},"input":1}',
    ' [ { "input" : "text" } , [ ] ]\n',
    '"input"',
    '{"__proto__":{"a":1},"input":null}',
  ])('reads %s as JSON.parse does', (text) => {
    expect(parseJson(text, RAW)).toEqual(JSON.parse(text));
    expect(Object.getPrototypeOf(parseJson('{"__proto__":{"a":1},"input":null}', RAW))).toBe(Object.prototype);
  });

  it('keeps the source text under the named keys', () => {
    const parsed = parseJson('{"x":{"input": { "n":1.0, "s":"}\\"{" }},"input":[ 12345678901234567890 ]}', RAW);
    expect(parsed).toEqual({
      x: { input: new RawJson('{ "n":1.0, "s":"}\\"{" }') },
      input: new RawJson('[ 12345678901234567890 ]'),
    });
  });

  it.each(['{"input":', '{"input":{}', 'nope', ''])('throws on %j', (text) => {
    expect(() => parseJson(text, RAW)).toThrow(SyntaxError);
  });
});

describe('printJson', () => {
  it('prints what JSON.stringify prints, and source text as it is', () => {
    const value = { a: [1, undefined, null, 'ü"\n'], b: undefined, c: { d: false }, e: [] };
    expect(printJson(value)).toBe(JSON.stringify(value));
    expect(printJson({ a: [new RawJson('{ "n": 1.0 }')] })).toBe('{"a":[{ "n": 1.0 }]}');
  });
});
