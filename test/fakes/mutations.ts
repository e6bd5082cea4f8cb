/**
 * Damage for fuzz tests: what broken or hostile peers make of good bytes and good JSON. The same random source gives the
 * same damage, so a failure is repeated by its seed.
 */
import type { SeededRandom } from './seeded-random';

/** A longer search than every test run can afford: FUZZ_FACTOR=50 FUZZ_SEED=7 npx jest … */
export const FUZZ = {
  seed: Number(process.env['FUZZ_SEED'] ?? 4_001),
  factor: Number(process.env['FUZZ_FACTOR'] ?? 1),
} as const;

const NEST = 200;
/** Enough to exhaust the stack of whoever recurses without a thought. */
const DEEP_NEST = 30_000;

/** Stand for JSON text that JSON.stringify cannot write. */
const RAW_TEXTS: Readonly<Record<string, string>> = {
  '@raw-exponent@': '1e999',
  '@raw-digits@': `-${'9'.repeat(400)}.5E+1`,
  '@raw-big-integer@': '123456789012345678901234567890',
  '@raw-deep@': `${'['.repeat(DEEP_NEST)}${']'.repeat(DEEP_NEST)}`,
};

const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 0.1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER,
  () => '',
  () => 'x',
  () => '\ud800',
  () => '\u0000\u2028"\\\n',
  () => 'ü'.repeat(5_000),
  () => 'data:image/png;base64,%%%',
  () => '__proto__',
  () => 'constructor',
  () => [],
  () => [null],
  () => [[]],
  () => ({}),
  () => ({ type: 'nobody', id: 7, toString: null }),
  () => JSON.parse('{"__proto__": {"a": 1}, "constructor": 5}') as unknown,
  () => JSON.parse(`${'{"a":'.repeat(NEST)}1${'}'.repeat(NEST)}`) as unknown,
  () => '@raw-exponent@',
  () => '@raw-digits@',
  () => '@raw-big-integer@',
];

/** Bytes with one to three wounds: flips, cuts, holes, repeats, and bytes that are no UTF-8. */
export function damagedBytes(good: Buffer, random: SeededRandom): Buffer {
  let bytes: Buffer = good;
  for (let wounds = 1 + random.below(3); wounds > 0; wounds--) bytes = random.pick(WOUNDS)(bytes, random);
  return bytes;
}

type Wound = (bytes: Buffer, random: SeededRandom) => Buffer<ArrayBuffer>;

const WOUNDS: readonly Wound[] = [
  (bytes, random) => {
    const flipped = Buffer.from(bytes);
    const place = random.below(bytes.length);
    if (bytes.length > 0) flipped[place] = (flipped[place] ?? 0) ^ (1 << random.below(8));
    return flipped;
  },
  (bytes, random) => Buffer.from(bytes.subarray(0, random.below(bytes.length + 1))),
  (bytes, random) => withPart(bytes, random, () => Buffer.alloc(0)),
  (bytes, random) => withPart(bytes, random, (part) => Buffer.concat([part, part])),
  (bytes, random) => withPart(bytes, random, (part) => Buffer.concat([part, Buffer.from([0xff, 0xc3, 0x28, 0x00])])),
  (bytes, random) =>
    withPart(bytes, random, (part) =>
      Buffer.concat([part, Buffer.from(random.pick(['\r', '\n\n', '{', '"', ']', ',']))]),
    ),
];

/** Replaces up to 64 bytes somewhere. */
function withPart(bytes: Buffer, random: SeededRandom, change: (part: Buffer) => Buffer): Buffer<ArrayBuffer> {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + random.below(64));
  return Buffer.concat([bytes.subarray(0, from), change(bytes.subarray(from, to)), bytes.subarray(to)]);
}

/** JSON text of a value with one to three members of the wrong kind, missing, repeated, or nested too deeply. */
export function damagedJson(good: unknown, random: SeededRandom): string {
  let value = structuredClone(good);
  for (let wounds = 1 + random.below(3); wounds > 0; wounds--) value = withWrongMember(value, random);
  return Object.entries(RAW_TEXTS).reduce(
    (text, [mark, raw]) => text.replaceAll(JSON.stringify(mark), raw),
    JSON.stringify(value),
  );
}

function withWrongMember(root: unknown, random: SeededRandom): unknown {
  const places = membersOf(root);
  if (places.length === 0) return wrongValue(random);
  const { owner, key } = random.pick(places);
  const kind = random.below(10);
  if (kind === 0 && Array.isArray(owner)) owner.splice(Number(key), 1);
  else if (kind === 0) Reflect.deleteProperty(owner, key);
  else if (kind === 1 && Array.isArray(owner)) owner.push(structuredClone(owner[Number(key)]));
  else if (kind === 2) set(owner, key, [read(owner, key)]);
  else if (kind === 3) set(owner, key, { [String(key)]: read(owner, key) });
  else set(owner, key, wrongValue(random));
  return root;
}

/** Deep nesting is rare: it is the one value that costs time. */
function wrongValue(random: SeededRandom): unknown {
  return random.below(100) === 0 ? '@raw-deep@' : random.pick(VALUES)();
}

type Owner = unknown[] | Record<string, unknown>;
interface Member {
  readonly owner: Owner;
  readonly key: string;
}

/** Every member of every object and array below the root. */
function membersOf(value: unknown): readonly Member[] {
  if (typeof value !== 'object' || value === null) return [];
  const owner = value as Owner;
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...membersOf(read(owner, key))]);
}

function read(owner: Owner, key: string): unknown {
  return (owner as Record<string, unknown>)[key];
}

function set(owner: Owner, key: string, value: unknown): void {
  (owner as Record<string, unknown>)[key] = value;
}
