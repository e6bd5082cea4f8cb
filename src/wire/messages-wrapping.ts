/** What Anthropic's Messages needs on its way into a cloud: done on the bytes, because the rest of a body is not ours. */
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
import { wordTable } from './words';

/** Bedrock's names for beta features that Anthropic calls otherwise. */
const BEDROCK_BETA_NAMES = wordTable<string>({
  'advanced-tool-use-2025-11-20': 'tool-search-tool-2025-10-19',
});

/** Flags of an anthropic-beta header in Bedrock's words, each once, in order. */
export function bedrockBetaFlags(flags: readonly string[]): readonly string[] {
  const named = flags.map((flag) => flag.trim()).filter((flag) => flag !== '');
  return [...new Set(named.map((flag) => BEDROCK_BETA_NAMES[flag] ?? flag))];
}

/**
 * Some clients (coding agents) put reminders with the role `system` between the turns, where the API knows user and
 * assistant only. Their text moves behind the `system` member; a body without them is returned as it is.
 */
export function promoteSystemMessages(body: Buffer): Buffer {
  if (!body.includes('"system"') && !body.includes('\\')) return body;
  const top = memberSpans(body, documentStart(body));
  const messages = lastMember(body, top, 'messages');
  if (messages === undefined || body[messages.start] !== OPEN_BRACKET) return body;
  const elements = elementSpans(body, messages.start);
  const reminders = elements.filter((element) => isSystemMessage(body, element));
  if (reminders.length === 0) return body;
  const kept = elements.filter((element) => !reminders.includes(element));
  const text = `[${kept.map((element) => textOf(body, element)).join(',')}]`;
  const system = joinedSystem([lastMember(body, top, 'system'), ...reminders.map((it) => contentOf(body, it))], body);
  const promoted = applyPatches(body, [{ ...messages, text }]);
  return system === undefined ? promoted : setJsonMember(promoted, 'system', system);
}

/** Takes `scope` out of every cache_control: a member of Anthropic's own API that clouds refuse. */
export function dropCacheScopes(body: Buffer): Buffer {
  if (!body.includes('"scope"')) return body;
  const patches = scopePatches(body, { start: documentStart(body), end: body.length });
  return patches.length === 0 ? body : applyPatches(body, patches);
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;

/** Where blocks with cache_control stand. Tool inputs and schemas are not searched: their keys are the caller's own. */
const CONTAINERS: readonly string[] = ['messages', 'system', 'tools', 'content'];

function scopePatches(body: Buffer, span: Span): Patch[] {
  if (body[span.start] === OPEN_BRACKET) {
    return elementSpans(body, span.start).flatMap((element) => scopePatches(body, element));
  }
  if (body[span.start] !== OPEN_BRACE) return [];
  return memberSpans(body, span.start).flatMap(({ key, value }) => {
    if (CONTAINERS.some((name) => spanEquals(body, key, name))) return scopePatches(body, value);
    const isCacheControl = spanEquals(body, key, 'cache_control') && body[value.start] === OPEN_BRACE;
    if (!isCacheControl) return [];
    const isScope = (member: MemberSpan): boolean => spanEquals(body, member.key, 'scope');
    return [...removals(memberSpans(body, value.start), isScope)];
  });
}

function isSystemMessage(body: Buffer, element: Span): boolean {
  if (body[element.start] !== OPEN_BRACE) return false;
  const role = lastMember(body, memberSpans(body, element.start), 'role');
  return role !== undefined && body[role.start] === QUOTE && spanEquals(body, role, 'system');
}

function contentOf(body: Buffer, message: Span): Span | undefined {
  return lastMember(body, memberSpans(body, message.start), 'content');
}

/** A single string stays a string; several pieces become blocks, so that none loses its cache_control. */
function joinedSystem(pieces: readonly (Span | undefined)[], body: Buffer): string | undefined {
  const filled = pieces.filter((piece) => piece !== undefined);
  const only = filled.length === 1 ? filled[0] : undefined;
  if (only !== undefined) return textOf(body, only);
  const blocks = filled.flatMap((piece) => {
    if (body[piece.start] === OPEN_BRACKET) return elementSpans(body, piece.start).map((it) => textOf(body, it));
    return body[piece.start] === QUOTE ? [`{"type":"text","text":${textOf(body, piece)}}`] : [];
  });
  return blocks.length === 0 ? undefined : `[${blocks.join(',')}]`;
}

function textOf(body: Buffer, span: Span): string {
  return body.toString('utf8', span.start, span.end);
}
