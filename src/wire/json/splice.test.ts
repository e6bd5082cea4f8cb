import { describe, expect, it } from '@jest/globals';
import { insertBeforeLast, memberText, removeMembers, setJsonMember, setStringMember } from './splice';
import { seededRandom, type SeededRandom } from '../../../test/fakes/seeded-random';

const set = (text: string, model = 'new'): string => setStringMember(Buffer.from(text), 'model', model).toString();

describe('setStringMember', () => {
  it.each([
    ['plain', '{"model":"old","n":1}', '{"model":"new","n":1}'],
    ['whitespace kept', ' {\n "n" : 1.0 ,\t"model" :\r\n "old" } ', ' {\n "n" : 1.0 ,\t"model" :\r\n "new" } '],
    ['escaped key', '{"mod\\u0065l":"old"}', '{"mod\\u0065l":"new"}'],
    [
      'nested key left alone',
      '{"a":{"model":"x"},"model":"old","b":[{"model":"y"}]}',
      '{"a":{"model":"x"},"model":"new","b":[{"model":"y"}]}',
    ],
    ['key inside a string', '{"a":"\\"model\\":\\"x\\"","model":"old"}', '{"a":"\\"model\\":\\"x\\"","model":"new"}'],
    ['both duplicates', '{"model":"old","x":1,"model":"other"}', '{"model":"new","x":1,"model":"new"}'],
    ['only the differing duplicate', '{"model":"new","model":"other"}', '{"model":"new","model":"new"}'],
    ['null value', '{"model":null}', '{"model":"new"}'],
    ['object value', '{"model":{"a":[1,"}"]},"b":2}', '{"model":"new","b":2}'],
    ['absent', '{"a":1}', '{"model":"new","a":1}'],
    ['absent in an empty object', '{ }', '{"model":"new" }'],
    ['byte order mark', '\uFEFF{"model":"old"}', '\uFEFF{"model":"new"}'],
    [
      'big integers and duplicates elsewhere',
      '{"seed":123456789012345678901,"a":1,"a":2,"model":"old"}',
      '{"seed":123456789012345678901,"a":1,"a":2,"model":"new"}',
    ],
  ])('%s', (_name, before, after) => {
    expect(set(before)).toBe(after);
  });

  it.each(['{"model":"new"}', '{"model":"n\\u0065w"}', '{"model":"new","a":1,"model":"n\\u0065w"}'])(
    'returns the same Buffer when nothing changes: %s',
    (text) => {
      const body = Buffer.from(text);
      expect(setStringMember(body, 'model', 'new')).toBe(body);
    },
  );

  it('escapes what the new value needs', () => {
    expect(set('{"model":"old"}', 'a"b\\c\u00fc')).toBe('{"model":"a\\"b\\\\c\u00fc"}');
  });

  it.each(['', '{', '{"model"', '{"model":', '{"a":"', '{"a":{', '[]', '{"a":1 "b":2}', '{"a":"\\'])(
    'throws on %j instead of running on',
    (text) => {
      expect(() => set(text)).toThrow(SyntaxError);
    },
  );

  it('changes nothing but the model in random documents', () => {
    const random = seededRandom(20_240_501);
    for (let round = 0; round < 400; round += 1) {
      const text = randomDocument(random);
      const changed = set(text, 'patched/ü');
      expect(JSON.parse(changed)).toEqual({ ...(JSON.parse(text) as object), model: 'patched/ü' });
      expect(withoutModel(changed, 'patched/ü')).toBe(withoutModel(text, 'old'));
    }
  });

  it('reads long strings full of escapes', () => {
    const long = JSON.stringify('\\"'.repeat(5000));
    expect(set(`{"a":${long},"model":"old"}`)).toBe(`{"a":${long},"model":"new"}`);
  });
});

describe('insertBeforeLast', () => {
  const insert = (text: string): string | undefined =>
    insertBeforeLast(Buffer.from(text), 'messages', { key: 'role', value: 'user' }, ['{"x":1}', '{"x":2}'])?.toString();

  it.each([
    [
      'before the last user message',
      '{"messages":[{"role":"user"}, {"role":"user"} ,{"role":"tool"}]}',
      '{"messages":[{"role":"user"}, {"x":1},{"x":2},{"role":"user"} ,{"role":"tool"}]}',
    ],
    [
      'at the end without a user message',
      '{"messages":[{"role":"system"}]}',
      '{"messages":[{"role":"system"},{"x":1},{"x":2}]}',
    ],
    ['into an empty list', '{"messages":[ ]}', '{"messages":[{"x":1},{"x":2} ]}'],
    [
      'into the last of two lists',
      '{"messages":[1],"messages":[{"role":"us\\u0065r"}]}',
      '{"messages":[1],"messages":[{"x":1},{"x":2},{"role":"us\\u0065r"}]}',
    ],
  ])('%s', (_name, before, after) => {
    expect(insert(before)).toBe(after);
  });

  it('refuses a body without the list', () => {
    expect(insert('{"messages":"no"}')).toBeUndefined();
    expect(insert('{}')).toBeUndefined();
  });
});

/** An object with one "model":"old" among random members, printed with random whitespace and escapes. */
function randomDocument(random: SeededRandom): string {
  const members = Array.from(
    { length: random.below(6) },
    (_, index) => `${space(random)}"k${index}"${space(random)}:${value(random, 3)}`,
  );
  const key = random.pick(['"model"', '"mod\\u0065l"', '"\\u006dodel"']);
  members.splice(
    random.below(members.length + 1),
    0,
    `${space(random)}${key}${space(random)}:${space(random)}"old"${space(random)}`,
  );
  return `${space(random)}{${members.join(',')}}${space(random)}`;
}

function value(random: SeededRandom, depth: number): string {
  const nested = depth > 0 ? 7 : 5;
  switch (random.below(nested)) {
    case 0:
      return random.pick(['1', '-0.5e+10', '12345678901234567890', '1.0']);
    case 1:
      return random.pick(['true', 'false', 'null']);
    case 2:
      return random.pick([
        '"model"',
        '"\\"model\\":\\"old\\""',
        '"\\\\"',
        '""',
        '"ü€😀"',
        '"\\ud83d\\ude00"',
        `"${'long '.repeat(40)}\\""`,
      ]);
    case 3:
      return '{}';
    case 4:
      return '[]';
    case 5:
      return `{${space(random)}"model":${value(random, depth - 1)},"m":${value(random, depth - 1)}${space(random)}}`;
    default:
      return `[${value(random, depth - 1)}${space(random)},${space(random)}${value(random, depth - 1)}]`;
  }
}

const space = (random: SeededRandom): string => random.pick(['', '', ' ', '\n', '\t\r\n  ']);

/** The text with the value after its top-level model key taken out. */
function withoutModel(text: string, model: string): string {
  const key = /[{,]\s*"(?:model|mod\\u0065l|\\u006dodel)"\s*:\s*/g;
  for (let match = key.exec(text); match !== null; match = key.exec(text)) {
    const at = match.index + match[0].length;
    if (depthAt(text, match.index) <= 1 && text.startsWith(JSON.stringify(model), at)) {
      return text.slice(0, at) + text.slice(at + JSON.stringify(model).length);
    }
  }
  throw new Error('no model in the document');
}

/** Nesting depth just after offset `end`, strings skipped. */
function depthAt(text: string, end: number): number {
  const structure = text.slice(0, end + 1).replace(/"(?:[^"\\]|\\.)*"/g, '');
  return (structure.match(/[{[]/g)?.length ?? 0) - (structure.match(/[}\]]/g)?.length ?? 0);
}

describe('removeMembers', () => {
  const removed = (text: string, ...keys: string[]): string => removeMembers(Buffer.from(text), keys).toString();

  it.each([
    ['{"a":1,"b":2,"c":3}', ['a'], '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['b'], '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', ['c'], '{"a":1,"b":2}'],
    ['{"a":1,"b":2,"c":3}', ['a', 'c'], '{"b":2}'],
    ['{ "a" : 1 , "b" : 2 }', ['a', 'b'], '{  }'],
    ['{"\\u0061":1,"b":{"a":1.0},"a":[{}]}', ['a'], '{"b":{"a":1.0}}'],
  ])('%s without %j', (text, keys, expected) => {
    expect(removed(text, ...keys)).toBe(expected);
  });

  it('keeps the rest for every choice of members', () => {
    const all = { a: 1, b: 'x,}', c: [1, { d: 2 }], d: null };
    for (const spaces of [0, 2]) {
      for (let choice = 0; choice < 16; choice += 1) {
        const keys = Object.keys(all).filter((_, index) => ((choice >> index) & 1) === 1);
        const kept = Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
        expect(JSON.parse(removed(JSON.stringify(all, null, spaces), ...keys))).toEqual(kept);
      }
    }
  });

  it('gives the same bytes back when there is nothing to remove', () => {
    const bytes = Buffer.from('{"a":1}');
    expect(removeMembers(bytes, ['b'])).toBe(bytes);
  });
});

describe('setJsonMember and memberText', () => {
  it('sets any value and reads its source text', () => {
    const bytes = setJsonMember(Buffer.from('{"a":1.0,"b":[ ]}'), 'b', '["x"]');
    expect(bytes.toString()).toBe('{"a":1.0,"b":["x"]}');
    expect(setJsonMember(bytes, 'b', '["x"]')).toBe(bytes);
    expect(setJsonMember(bytes, 'c', '{}').toString()).toBe('{"c":{},"a":1.0,"b":["x"]}');
    expect(memberText(bytes, 'a')).toBe('1.0');
    expect(memberText(bytes, 'z')).toBeUndefined();
  });
});
