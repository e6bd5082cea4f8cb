/**
 * Finds the places of members and elements in JSON bytes without building values: patching a 20 MB body must cost a
 * scan, not a parse. Expects JSON that a parser has accepted; on anything else it throws SyntaxError and never loops.
 */

/** Byte range, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MemberSpan {
  /** The key with its quotes. */
  readonly key: Span;
  readonly value: Span;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Strings longer than this are searched natively; below it the call costs more than a loop. */
const LOOP_BYTES = 64;

/** Offset of the first byte that is neither a byte order mark nor whitespace. */
export function documentStart(bytes: Buffer): number {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return skipWhitespace(bytes, hasMark ? 3 : 0);
}

/** Members of the object that starts at `start`, in source order, duplicates included. */
export function memberSpans(bytes: Buffer, start: number): MemberSpan[] {
  requireByte(bytes, start, OPEN_BRACE);
  const members: MemberSpan[] = [];
  let at = skipWhitespace(bytes, start + 1);
  while (bytes[at] !== CLOSE_BRACE) {
    if (members.length > 0) at = skipWhitespace(bytes, requireByte(bytes, at, COMMA));
    const key = { start: at, end: skipString(bytes, requireByte(bytes, at, QUOTE)) };
    const valueStart = skipWhitespace(bytes, requireByte(bytes, skipWhitespace(bytes, key.end), COLON));
    const value = { start: valueStart, end: skipValue(bytes, valueStart) };
    members.push({ key, value });
    at = skipWhitespace(bytes, value.end);
  }
  return members;
}

/** Elements of the array that starts at `start`. */
export function elementSpans(bytes: Buffer, start: number): Span[] {
  requireByte(bytes, start, OPEN_BRACKET);
  const elements: Span[] = [];
  let at = skipWhitespace(bytes, start + 1);
  while (bytes[at] !== CLOSE_BRACKET) {
    if (elements.length > 0) at = skipWhitespace(bytes, requireByte(bytes, at, COMMA));
    const element = { start: at, end: skipValue(bytes, at) };
    elements.push(element);
    at = skipWhitespace(bytes, element.end);
  }
  return elements;
}

/** Whether the quoted string in `span` means `text`, escapes (`mod\u0065l`) included. */
export function spanEquals(bytes: Buffer, span: Span, text: string): boolean {
  const quoted = bytes.subarray(span.start, span.end);
  if (quoted.includes(BACKSLASH)) return JSON.parse(quoted.toString('utf8')) === text;
  return quoted.length === Buffer.byteLength(text) + 2 && quoted.toString('utf8', 1, quoted.length - 1) === text;
}

/** Value of the last member named `key`, as JSON.parse would choose it. */
export function lastMember(bytes: Buffer, members: readonly MemberSpan[], key: string): Span | undefined {
  return members.findLast((member) => spanEquals(bytes, member.key, key))?.value;
}

function skipWhitespace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

function requireByte(bytes: Buffer, at: number, byte: number): number {
  if (bytes[at] !== byte) throw new SyntaxError(`Unexpected byte at offset ${at}`);
  return at + 1;
}

/** `at` is the first byte after the opening quote; returns the offset after the closing one. */
function skipString(bytes: Buffer, at: number): number {
  let index = at;
  for (;;) {
    const loopEnd = Math.min(bytes.length, index + LOOP_BYTES);
    while (index < loopEnd) {
      const byte = bytes[index];
      if (byte === QUOTE) return index + 1;
      index += byte === BACKSLASH ? 2 : 1;
    }
    const quote = bytes.indexOf(QUOTE, index);
    if (quote === -1) throw new SyntaxError('Unterminated string');
    let backslashes = 0;
    while (quote - backslashes > index && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    index = quote + 1;
    if (backslashes % 2 === 0) return index;
  }
}

function skipValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === QUOTE) return skipString(bytes, start + 1);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipContainer(bytes, start);
  let at = start;
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1;
  if (at === start) throw new SyntaxError(`Value expected at offset ${start}`);
  return at;
}

function skipContainer(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length;) {
    const byte = bytes[at];
    at += 1;
    if (byte === QUOTE) at = skipString(bytes, at);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  throw new SyntaxError('Unterminated object or array');
}

function endsScalar(byte: number | undefined): boolean {
  return byte === undefined || byte <= 0x20 || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}
