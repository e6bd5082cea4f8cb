import { beforeAll, describe, expect, it } from '@jest/globals';
import { findModelDirectory, readModelCard } from './encoder-model';
import type { loadTokeniser } from './encoder-worker.mjs';

const MODEL = findModelDirectory();
const CARD = readModelCard(MODEL);
const SEPARATOR = 102;
/** A path in a variable: the compiler knows the module by its compiled name, the test run by its source. */
const WORKER = './encoder-worker.mts';

describe('loadTokeniser', () => {
  let idsOf: (text: string) => number[];
  beforeAll(async () => {
    const worker = (await import(WORKER)) as { loadTokeniser: typeof loadTokeniser };
    idsOf = await worker.loadTokeniser(MODEL, CARD);
  });

  // Ids by the reference implementation of the tokenizer (PyPI tokenizers 0.23.3).
  it.each<[string, number[]]>([
    ['', [101, 102]],
    [
      'Find flights from NYC to Paris and check the weather there',
      [101, 2424, 7599, 2013, 16392, 2000, 3000, 1998, 4638, 1996, 4633, 2045, 102],
    ],
    [
      'Crème brûlée, naïve café — déjà vu',
      [101, 13675, 21382, 7987, 9307, 2063, 1010, 15743, 7668, 1517, 2139, 3900, 24728, 102],
    ],
    ['東京の天気 and 北京', [101, 1879, 1755, 1671, 1811, 100, 1998, 1781, 1755, 102]],
    ['I ♥ 🙂 emoji 👩‍👩‍👧', [101, 1045, 1625, 100, 7861, 29147, 2072, 100, 102]],
    ['tab\tnew\nline\r\n  spaces', [101, 21628, 2047, 2240, 7258, 102]],
    ['zero\u200bwidth\u0000nul', [101, 5717, 9148, 11927, 7295, 5313, 102]],
    [
      "don't won't it's 3.14 $5,000 50%",
      [
        101, 2123, 1005, 1056, 2180, 1005, 1056, 2009, 1005, 1055, 1017, 1012, 2403, 1002, 1019, 1010, 2199, 2753, 1003,
        102,
      ],
    ],
    [
      'Pneumonoultramicroscopicsilicovolcanoconiosis',
      [
        101, 1052, 2638, 2819, 17175, 11314, 6444, 2594, 7352, 26461, 27572, 11261, 6767, 15472, 6761, 8663, 10735,
        2483, 102,
      ],
    ],
    ['a'.repeat(120), [101, 100, 102]],
    ['ÅÄÖ åäö ß ﬁ ½', [101, 9779, 2080, 9779, 2080, 1096, 1984, 1092, 102]],
  ])('gives the reference ids for %j', (text, ids) => expect(idsOf(text)).toEqual(ids));

  it.each(['[SEP]', '[CLS]', '[MASK]', '[PAD]', '[UNK]', '[[SEP]]'])('takes %s for ordinary text', (token) => {
    const ids = idsOf(`hello ${token} world`);
    expect(ids).toEqual(idsOf(`hello ${token.toLowerCase()} world`));
    expect(ids.slice(1, -1).filter((id) => id === 0 || (id >= 100 && id <= 103))).toEqual([]);
  });

  it('clips to 255 ids and the separator', () => {
    const ids = idsOf('word '.repeat(400));
    expect(ids).toHaveLength(256);
    expect(ids.at(-1)).toBe(SEPARATOR);
    expect(ids.indexOf(SEPARATOR)).toBe(255);
  });
});
