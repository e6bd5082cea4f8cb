import { documentStart, lastMember, memberSpans, spanEquals, elementSpans, type MemberSpan, type Span } from './scan';

/** Bytes to be replaced by a text. */
export interface Patch extends Span {
  readonly text: string;
}

/**
 * Sets one top-level string member of a JSON object, every other byte untouched. Returns the same Buffer when the body
 * already says so. A key that is there twice is set twice: parsers disagree about which one counts, and a request must
 * not mean one model here and another one upstream. An absent key is put first.
 */
export function setStringMember(bytes: Buffer, key: string, value: string): Buffer {
  return setMember(bytes, key, JSON.stringify(value), (span) => saysString(bytes, span, value));
}

/** The same with any JSON text as the value. */
export function setJsonMember(bytes: Buffer, key: string, text: string): Buffer {
  return setMember(bytes, key, text, (span) => bytes.toString('utf8', span.start, span.end) === text);
}

/** Takes top-level members out, with every duplicate of them. Returns the same Buffer when there are none. */
export function removeMembers(bytes: Buffer, keys: readonly string[]): Buffer {
  const start = documentStart(bytes);
  const patches = removals(memberSpans(bytes, start), (member) =>
    keys.some((key) => spanEquals(bytes, member.key, key)),
  );
  return patches.length === 0 ? bytes : applyPatches(bytes, patches);
}

/** Source text of a top-level member; undefined when it is not there. */
export function memberText(bytes: Buffer, key: string): string | undefined {
  const span = lastMember(bytes, memberSpans(bytes, documentStart(bytes)), key);
  return span === undefined ? undefined : bytes.toString('utf8', span.start, span.end);
}

/** What to cut so that the chosen members of one object are gone and its commas still fit. */
export function removals(members: readonly MemberSpan[], isRemoved: (member: MemberSpan) => boolean): readonly Patch[] {
  const patches: Patch[] = [];
  let hasKept = false;
  for (const [index, member] of members.entries()) {
    if (!isRemoved(member)) {
      hasKept = true;
      continue;
    }
    // A member takes its comma along: the one before it where something stays there, else the one behind it.
    const before = members[index - 1];
    const after = members[index + 1];
    const start = hasKept && before !== undefined ? before.value.end : member.key.start;
    const end = hasKept || after === undefined ? member.value.end : after.key.start;
    patches.push({ start, end, text: '' });
  }
  return patches;
}

function setMember(bytes: Buffer, key: string, text: string, says: (span: Span) => boolean): Buffer {
  const start = documentStart(bytes);
  const members = memberSpans(bytes, start);
  const found = members.filter((member) => spanEquals(bytes, member.key, key));
  if (found.length === 0) {
    const insertion = `${JSON.stringify(key)}:${text}${members.length > 0 ? ',' : ''}`;
    return applyPatches(bytes, [{ start: start + 1, end: start + 1, text: insertion }]);
  }
  const different = found.filter((member) => !says(member.value));
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

/** Patches must be in order and apart from each other. */
export function applyPatches(bytes: Buffer, patches: readonly Patch[]): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const patch of patches) {
    pieces.push(bytes.subarray(at, patch.start), Buffer.from(patch.text, 'utf8'));
    at = patch.end;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}
