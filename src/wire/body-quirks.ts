import {
  documentStart,
  elementSpans,
  lastMember,
  memberSpans,
  spanEquals,
  type MemberSpan,
  type Span,
} from './json/scan';
import { applyPatches, removals, setJsonMember, type Patch } from './json/splice';

/**
 * How one vendor's spelling of a dialect differs from the dialect's home, as plain data (it travels to worker threads).
 * Applied to the bytes of a finished body, so that all else stays as it came.
 */
export interface BodyQuirks {
  /** Top-level members that the vendor refuses. */
  readonly dropped?: readonly string[];
  /** Top-level members that have another name there; one that already has that name goes first. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Values of top-level string members in the vendor's words; a member that would be undefined there is dropped. */
  readonly words?: Readonly<Record<string, WordMap>>;
  /** Roles of messages in the vendor's words. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Members that always have this value. */
  readonly fixed?: Readonly<Record<string, unknown>>;
}

interface WordMap {
  readonly known: Readonly<Record<string, string>>;
  /** What happens to words that `known` does not list. */
  readonly others: 'kept' | 'dropped';
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;

/** The body with the vendor's spelling; the same Buffer when nothing differs. */
export function applyQuirks(body: Buffer, quirks: BodyQuirks): Buffer {
  const members = memberSpans(body, documentStart(body)).map((span) => ({ span, name: textAt(body, span.key) }));
  const names = new Set(members.map(({ name }) => name));
  const isDropped = new Map(members.map(({ span, name }) => [span, isRefused(body, span, name, names, quirks)]));
  const patches: Patch[] = [
    ...removals(
      members.map(({ span }) => span),
      (span) => isDropped.get(span) === true,
    ),
  ];
  for (const { span, name } of members) {
    if (isDropped.get(span) !== true) patches.push(...memberPatches(body, span, name, quirks));
  }
  const patched =
    patches.length === 0
      ? body
      : applyPatches(
          body,
          patches.sort((a, b) => a.start - b.start),
        );
  return Object.entries(quirks.fixed ?? {}).reduce(
    (bytes, [key, value]) => setJsonMember(bytes, key, JSON.stringify(value)),
    patched,
  );
}

function isRefused(
  body: Buffer,
  { value }: MemberSpan,
  name: string,
  names: ReadonlySet<string>,
  { dropped, renamed, words }: BodyQuirks,
): boolean {
  const target = renamed?.[name];
  if (dropped?.includes(name) === true || (target !== undefined && names.has(target))) return true;
  const map = words?.[name];
  return map?.others === 'dropped' && map.known[textAt(body, value)] === undefined;
}

function memberPatches(body: Buffer, { key, value }: MemberSpan, name: string, quirks: BodyQuirks): Patch[] {
  const patches: Patch[] = [];
  const newName = quirks.renamed?.[name];
  if (newName !== undefined) patches.push({ ...key, text: JSON.stringify(newName) });
  const newWord = body[value.start] === QUOTE ? quirks.words?.[name]?.known[textAt(body, value)] : undefined;
  if (newWord !== undefined) patches.push({ ...value, text: JSON.stringify(newWord) });
  if (name === 'messages' && quirks.roles !== undefined) patches.push(...rolePatches(body, value, quirks.roles));
  return patches;
}

function rolePatches(body: Buffer, messages: Span, roles: Readonly<Record<string, string>>): Patch[] {
  if (body[messages.start] !== OPEN_BRACKET) return [];
  return elementSpans(body, messages.start).flatMap((element) => {
    if (body[element.start] !== OPEN_BRACE) return [];
    const role = lastMember(body, memberSpans(body, element.start), 'role');
    const known = Object.entries(roles).find(
      ([name]) => role !== undefined && body[role.start] === QUOTE && spanEquals(body, role, name),
    );
    return role === undefined || known === undefined ? [] : [{ ...role, text: JSON.stringify(known[1]) }];
  });
}

/** What a quoted string says; other values as their source text, which no word equals. */
function textAt(body: Buffer, span: Span): string {
  const text = body.toString('utf8', span.start, span.end);
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}
