import { documentStart, lastMember, memberSpans, spanEquals, elementSpans, type Span } from './scan';

interface Patch extends Span {
  readonly text: string;
}

/**
 * Sets one top-level string member of a JSON object, every other byte untouched. Returns the same Buffer when the body
 * already says so. A key that is there twice is set twice: parsers disagree about which one counts, and a request must
 * not mean one model here and another one upstream. An absent key is put first.
 */
export function setStringMember(bytes: Buffer, key: string, value: string): Buffer {
  const start = documentStart(bytes);
  const members = memberSpans(bytes, start);
  const text = JSON.stringify(value);
  const found = members.filter((member) => spanEquals(bytes, member.key, key));
  if (found.length === 0) {
    const insertion = `${JSON.stringify(key)}:${text}${members.length > 0 ? ',' : ''}`;
    return applyPatches(bytes, [{ start: start + 1, end: start + 1, text: insertion }]);
  }
  const different = found.filter((member) => !saysString(bytes, member.value, value));
  if (different.length === 0) return bytes;
  return applyPatches(
    bytes,
    different.map((member) => ({ ...member.value, text })),
  );
}

/**
 * Puts elements into a top-level array, before the last element whose string member `key` is `value`, else at the end.
 * Returns undefined when the body has no such array.
 */
export function insertBeforeLast(
  bytes: Buffer,
  array: string,
  match: { readonly key: string; readonly value: string },
  elements: readonly string[],
): Buffer | undefined {
  const span = lastMember(bytes, memberSpans(bytes, documentStart(bytes)), array);
  if (span === undefined || bytes[span.start] !== 0x5b) return undefined;
  const present = elementSpans(bytes, span.start);
  const target = present.findLast((element) => {
    if (bytes[element.start] !== 0x7b) return false;
    const member = lastMember(bytes, memberSpans(bytes, element.start), match.key);
    return member !== undefined && saysString(bytes, member, match.value);
  });
  if (target !== undefined) {
    return applyPatches(bytes, [{ start: target.start, end: target.start, text: `${elements.join(',')},` }]);
  }
  const at = present.at(-1)?.end ?? span.start + 1;
  return applyPatches(bytes, [{ start: at, end: at, text: (present.length > 0 ? ',' : '') + elements.join(',') }]);
}

function saysString(bytes: Buffer, span: Span, text: string): boolean {
  return bytes[span.start] === 0x22 && spanEquals(bytes, span, text);
}

function applyPatches(bytes: Buffer, patches: readonly Patch[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const patch of patches) {
    pieces.push(bytes.subarray(at, patch.start), Buffer.from(patch.text, 'utf8'));
    at = patch.end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
